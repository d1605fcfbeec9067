using System.Text.Json;
using Microsoft.Extensions.Options;
using Payments.Creating;
using Payments.State;
using Payments.Undecided;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Keys;

namespace Payments.Queues;

/// <summary>
/// Takes payment commands from the queue <see cref="PaymentsQueues.Payments"/>. A command is the same operation as the HTTP post whose key is the event's
/// id: whichever comes first makes the payment, and the other finds it made, as long as either may still come (<see cref="CreatePaymentOperation.Retention"/>).
/// </summary>
internal sealed class PaymentCommandConsumer
{
    /// <summary>The consumer's name.</summary>
    public const string Name = "payment-commands";

    /// <summary>The type of the command that makes a payment; its data is the body of the HTTP post.</summary>
    public const string CreateType = CreatePaymentCommand.OperationName;

    private readonly MessageInbox _inbox;
    private readonly CreatePaymentOperation _createOperation;
    private readonly PaymentCreation _create;
    private readonly string _principal;

    public PaymentCommandConsumer(MessageInbox inbox, CreatePaymentOperation createOperation, PaymentCreation create, IOptions<PaymentsOptions> options)
    {
        _inbox = inbox;
        _createOperation = createOperation;
        _create = create;
        _principal = options.Value.CommandPrincipal;
    }

    /// <summary>Executes a command, or finds that it was executed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives the message up before its commit.</param>
    /// <returns>How to settle it. A declined payment is an answer like any other: the message is done with.</returns>
    public async Task<Settlement> ConsumeAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return (await ApplyAsync(message, cancellationToken)).ToSettlement();
    }

    private async Task<InboxOutcome> ApplyAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        var (read, rejection) = CloudEventMessage.Read(message);
        if (read is null)
        {
            return rejection!;
        }

        if (read.Event.Type != CreateType)
        {
            return new InboxOutcome.Rejected(
                RejectionReason.UnknownType, $"The queue '{PaymentsQueues.Payments}' takes commands of the type '{CreateType}', not '{read.Event.Type}'. Nothing was done. Send it again with a type that is known, or to the queue that it is for. {CorrectedMessage.Advice}");
        }

        if (!TryKey(read.Event.Id, out var key))
        {
            return new InboxOutcome.Rejected(
                RejectionReason.EventIdInvalid, $"The event's id must be 1 to {IdempotencyKey.MaxLength} visible ASCII characters, since it is the command's idempotency key. Nothing was done. Send it again with such an id, for example a UUID. {CorrectedMessage.Advice}");
        }

        var (command, refusal) = ReadCommand(read.Event.Data);
        if (command is null)
        {
            return refusal!;
        }

        return await _inbox.ExecuteAsync(
            new InboxDelivery(Name, read.Message) { CloudEvent = read.Event },
            (context, handlerToken) => _create.ExecuteAsync(command, context, handlerToken),
            new InboxExecution<PaymentResult>
            {
                // The operation of the HTTP post, its retention included.
                Shape = byInbox => _createOperation.For(_principal, key, command) with
                {
                    LikelyRetry = byInbox.LikelyRetry,
                    Wait = InProgressWait.OfConsumers,
                },
                Rejection = ToRejection,
            },
            cancellationToken);
    }

    private static (CreatePaymentCommand? Command, InboxOutcome.Rejected? Refusal) ReadCommand(ReadOnlyMemory<byte> data)
    {
        try
        {
            var (command, errors) = CreatePaymentReader.Read(data);
            return (command, command is null ? Invalid(string.Join(' ', errors.Select(error => $"{(error.Key.Length == 0 ? "data" : error.Key)}: {string.Join(' ', error.Value)}"))) : null);
        }
        catch (JsonException exception)
        {
            return (null, Invalid($"The event's data is no JSON: {exception.Message}"));
        }
    }

    // Only what the gateway itself finds invalid: it charged nothing and stored nothing.
    private static InboxOutcome.Rejected? ToRejection(PaymentResult result) => result is PaymentResult.Invalid invalid
        ? Invalid(string.Join(' ', invalid.Errors.Select(error => $"{error.Key}: {string.Join(' ', error.Value)}")))
        : null;

    private static InboxOutcome.Rejected Invalid(string errors) =>
        new(RejectionReason.PaymentInvalid, $"{errors} Nothing was charged. Correct the command and send it again; resubmitting it as it is brings it back here. {CorrectedMessage.Advice}");

    private static bool TryKey(string id, out IdempotencyKey key)
    {
        try
        {
            key = IdempotencyKey.Create(id);
            return true;
        }
        catch (ArgumentException)
        {
            key = default;
            return false;
        }
    }
}
