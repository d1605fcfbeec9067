using Azure.Messaging.ServiceBus;
using Google.Protobuf;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Functions.Worker.Converters;
using ServiceBusExtension.Settling;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Settles messages through the host, which holds their locks.</summary>
[InputConverter(typeof(MessageActionsConverter))]
public class ServiceBusMessageActions
{
    private readonly Settlement.SettlementClient? _settlement;

    internal ServiceBusMessageActions(Settlement.SettlementClient settlement) => _settlement = settlement;

    /// <summary>For tests that derive from it.</summary>
    protected ServiceBusMessageActions()
    {
    }

    private Settlement.SettlementClient Host => _settlement ?? throw new InvalidOperationException("These actions were made without a host: override what is called.");

    /// <summary>The message is done with.</summary>
    public virtual async Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        await Host.CompleteAsync(new CompleteRequest { Locktoken = message.LockToken }, cancellationToken: cancellationToken);
    }

    /// <summary>The message comes again.</summary>
    public virtual async Task AbandonMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        await Host.AbandonAsync(new AbandonRequest { Locktoken = message.LockToken, PropertiesToModify = Encode(propertiesToModify) }, cancellationToken: cancellationToken);
    }

    /// <summary>The message goes to the dead-letter queue.</summary>
    public virtual async Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        Dictionary<string, object>? propertiesToModify = default,
        string? deadLetterReason = default,
        string? deadLetterErrorDescription = default,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var request = new DeadletterRequest
        {
            Locktoken = message.LockToken,
            PropertiesToModify = Encode(propertiesToModify),
            DeadletterReason = deadLetterReason,
            DeadletterErrorDescription = deadLetterErrorDescription,
        };
        await Host.DeadletterAsync(request, cancellationToken: cancellationToken);
    }

    /// <summary>The message is set aside, and received again by its sequence number.</summary>
    public virtual async Task DeferMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        await Host.DeferAsync(new DeferRequest { Locktoken = message.LockToken, PropertiesToModify = Encode(propertiesToModify) }, cancellationToken: cancellationToken);
    }

    /// <summary>The message stays locked for longer.</summary>
    public virtual async Task RenewMessageLockAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        await Host.RenewMessageLockAsync(new RenewMessageLockRequest { Locktoken = message.LockToken }, cancellationToken: cancellationToken);
    }

    private static ByteString Encode(IEnumerable<KeyValuePair<string, object>>? properties)
    {
        if (properties is null)
        {
            return ByteString.Empty;
        }

        var map = new AmqpMap();
        foreach (var (name, value) in properties)
        {
            map[new MapKey(name)] = value;
        }

        using var buffer = new ByteBuffer(256, autoGrow: true);
        AmqpCodec.EncodeMap(map, buffer);
        return ByteString.CopyFrom(buffer.Buffer, buffer.Offset, buffer.Length);
    }
}
