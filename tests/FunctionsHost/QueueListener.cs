using Azure.Messaging.ServiceBus;
using FunctionsHost.Messages;
using Google.Protobuf;

namespace FunctionsHost;

/// <summary>Receives for one function and gives it each message, as the host's extension does. A function that fails without having settled leaves its message abandoned.</summary>
internal sealed class QueueListener(Func<Task> start, Func<ValueTask> stop, CancellationTokenSource cancelling)
{
    private const int AtOnce = 8;

    /// <param name="host">Invokes the function.</param>
    /// <param name="function">The function, whose trigger says whether the queue has sessions.</param>
    /// <param name="client">The way to the broker.</param>
    /// <param name="messages">Gets what is in hand.</param>
    public static QueueListener Create(FunctionHost host, HostedFunction function, ServiceBusClient client, HeldMessages messages)
    {
        var cancelling = new CancellationTokenSource();
        if (function.Text("cardinality") == "Many")
        {
            var batches = new BatchLoop(host, function, client, messages);
            return new QueueListener(batches.StartAsync, batches.DisposeAsync, cancelling);
        }

        Task ReceiveAsync(HeldMessage held) => RunAsync(host, function, messages, held, cancelling.Token);
        Task Fail(ProcessErrorEventArgs args)
        {
            host.Errors.Enqueue(args.Exception);
            return Task.CompletedTask;
        }

        if (function.IsTrue("isSessionsEnabled"))
        {
            var sessions = client.CreateSessionProcessor(function.Text("queueName"), new ServiceBusSessionProcessorOptions
            {
                AutoCompleteMessages = false,
                MaxConcurrentSessions = AtOnce,
                SessionIdleTimeout = TimeSpan.FromMilliseconds(20),
            });
            sessions.ProcessMessageAsync += args => ReceiveAsync(
                new HeldMessage(
                    args.Message,
                    () => args.CompleteMessageAsync(args.Message),
                    () => args.AbandonMessageAsync(args.Message),
                    (reason, description) => args.DeadLetterMessageAsync(args.Message, reason, description),
                    () => args.RenewSessionLockAsync()));
            sessions.ProcessErrorAsync += Fail;
            return new QueueListener(() => sessions.StartProcessingAsync(), sessions.DisposeAsync, cancelling);
        }

        var processor = client.CreateProcessor(function.Text("queueName"), new ServiceBusProcessorOptions { AutoCompleteMessages = false, MaxConcurrentCalls = AtOnce });
        processor.ProcessMessageAsync += args => ReceiveAsync(
            new HeldMessage(
                args.Message,
                () => args.CompleteMessageAsync(args.Message),
                () => args.AbandonMessageAsync(args.Message),
                (reason, description) => args.DeadLetterMessageAsync(args.Message, reason, description),
                () => args.RenewMessageLockAsync(args.Message)));
        processor.ProcessErrorAsync += Fail;
        return new QueueListener(() => processor.StartProcessingAsync(), processor.DisposeAsync, cancelling);
    }

    public Task StartAsync() => start();

    /// <summary>Takes no more, and waits for the messages in hand.</summary>
    /// <param name="drains">Whether the functions that have them go on as if nothing were, as a host that scales in lets them; else they are told to end.</param>
    public async Task StopAsync(bool drains)
    {
        if (!drains)
        {
            await cancelling.CancelAsync();
        }

        await stop();
        cancelling.Dispose();
    }

    private static async Task RunAsync(FunctionHost host, HostedFunction function, HeldMessages messages, HeldMessage held, CancellationToken cancellationToken)
    {
        messages.Add(held);
        try
        {
            await host.InvokeAsync(function.Name, [new ParameterBinding { Name = function.Parameter, Data = new TypedData { ModelBindingData = Encode(held.Message) } }], cancellationToken);
            if (!held.IsSettled)
            {
                messages.Unsettled.Enqueue($"{held.Message.MessageId} by {function.Name}");
            }
        }
        finally
        {
            messages.Remove(held);
        }
    }

    // The lock token, and the message as AMQP.
    public static ModelBindingData Encode(ServiceBusReceivedMessage message) => new()
    {
        Version = "1.0",
        Source = "AzureServiceBusReceivedMessage",
        ContentType = "application/octet-stream",
        Content = ByteString.CopyFrom([.. Guid.Parse(message.LockToken).ToByteArray(), .. message.GetRawAmqpMessage().ToBytes().ToArray()]),
    };
}
