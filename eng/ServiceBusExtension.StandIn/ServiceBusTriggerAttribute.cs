using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts a function with a message of a queue, or of a topic's subscription.</summary>
[InputConverter(typeof(ReceivedMessageConverter))]
[ConverterFallbackBehavior(ConverterFallbackBehavior.Default)]
public sealed class ServiceBusTriggerAttribute : TriggerBindingAttribute, ISupportCardinality
{
    /// <summary>A queue's messages.</summary>
    /// <param name="queueName">The queue.</param>
    public ServiceBusTriggerAttribute(string queueName) => QueueName = queueName;

    /// <summary>A subscription's messages.</summary>
    /// <param name="topicName">The topic.</param>
    /// <param name="subscriptionName">The subscription.</param>
    public ServiceBusTriggerAttribute(string topicName, string subscriptionName) => (TopicName, SubscriptionName) = (topicName, subscriptionName);

    /// <summary>The setting that says how to reach the broker.</summary>
    public string? Connection { get; set; }

    /// <summary>The queue.</summary>
    public string? QueueName { get; }

    /// <summary>The topic.</summary>
    public string? TopicName { get; }

    /// <summary>The subscription.</summary>
    public string? SubscriptionName { get; }

    /// <summary>Whether the messages come in sessions.</summary>
    public bool IsSessionsEnabled { get; set; }

    /// <summary>Whether the function takes several messages at once.</summary>
    [DefaultValue(false)]
    public bool IsBatched { get; set; }

    /// <summary>Whether the host completes the message of a function that succeeded.</summary>
    public bool AutoCompleteMessages { get; set; }

    Cardinality ISupportCardinality.Cardinality
    {
        get => IsBatched ? Cardinality.Many : Cardinality.One;
        set => IsBatched = value == Cardinality.Many;
    }
}
