using Payments.Accounts;
using Payments.Events;
using Payments.Partitions;
using Payments.Receipts;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Records;

namespace Payments.Queues;

/// <summary>
/// Takes what happened to payments from the queue <see cref="PaymentsQueues.PaymentEvents"/>: first the account's statement, in one transaction, then the
/// receipt of a captured payment, claimed and committed since the mail leaves our storage. Dying between the two brings the event again, and the statement
/// knows it.
/// </summary>
internal sealed class PaymentEventConsumer
{
    /// <summary>The consumer that keeps statements.</summary>
    public const string StatementName = "account-statements";

    /// <summary>The consumer that sends receipts.</summary>
    public const string ReceiptName = "capture-receipts";

    private readonly MessageInbox _inbox;
    private readonly IReceiptMailer _mailer;

    public PaymentEventConsumer(MessageInbox inbox, IReceiptMailer mailer)
    {
        _inbox = inbox;
        _mailer = mailer;
    }

    /// <summary>Applies an event, or finds that it was applied.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives the message up before its commit.</param>
    /// <returns>How to settle it.</returns>
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

        switch (read.Event.Type)
        {
            case PaymentEventType.Captured or PaymentEventType.Refunded:
                break;
            case PaymentEventType.Authorized or PaymentEventType.Declined:
                // No money moved: there is nothing to enter and nothing to remember.
                return new InboxOutcome.Processed();
            default:
                return new InboxOutcome.Rejected(
                    RejectionReason.UnknownType, $"The queue '{PaymentsQueues.PaymentEvents}' takes the events of payments, not '{read.Event.Type}'. Nothing was done. Deploy a consumer that knows the type and resubmit it, or send it to the queue that it is for.");
        }

        if (PaymentEventReader.Read(read.Event) is not { } change)
        {
            return new InboxOutcome.Rejected(
                RejectionReason.DataInvalid, $"The event needs a time, and data with paymentId, merchant, accountId, an amount of at least 1 and currency. Nothing was done. Send it again with them; resubmitting it as it is brings it back here. {CorrectedMessage.Advice}");
        }

        var entered = await EnterAsync(read, change, cancellationToken);
        return entered is (InboxOutcome.Processed or InboxOutcome.Duplicate) && change.Type == PaymentEventType.Captured
            ? await SendReceiptAsync(read, change, cancellationToken)
            : entered;
    }

    private Task<InboxOutcome> EnterAsync(CloudEventMessage message, PaymentEvent change, CancellationToken cancellationToken) => _inbox.ApplyAsync(
        new InboxDelivery(StatementName, message.Message) { Tenant = change.Data.Merchant, CloudEvent = message.Event },
        AccountPartition.Of(new MerchantId(change.Data.Merchant), change.Data.AccountId),
        (_, _) => Task.FromResult<InboxDecision>(new InboxDecision.Apply { Rows = [StatementEntryRow.ToInsert(change)!] }),
        cancellationToken);

    private Task<InboxOutcome> SendReceiptAsync(CloudEventMessage message, PaymentEvent captured, CancellationToken cancellationToken) => _inbox.ExecuteAsync(
        new InboxDelivery(ReceiptName, message.Message) { Tenant = captured.Data.Merchant, CloudEvent = message.Event },
        async (context, handlerToken) =>
        {
            await _mailer.SendAsync(CaptureReceipt.For(captured, context.StableKey("receipt")), handlerToken);
            return HandlerOutcome.Completed(OperationResult.Empty);
        },
        new InboxExecution<OperationResult>
        {
            Shape = operation => operation with
            {
                Placement = RecordPlacement.InPartition(AccountPartition.Of(new MerchantId(captured.Data.Merchant), captured.Data.AccountId)),
                Wait = InProgressWait.OfConsumers,
            },
        },
        cancellationToken);
}
