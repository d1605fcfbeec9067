using Microsoft.Extensions.Options;
using ServerlessIdempotency.Functions.ServiceBus.Messages;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Functions.ServiceBus.Batches;

/// <summary>Runs a batched function and says how each message is settled.</summary>
internal sealed class BatchExecution(MessageInbox inbox, RedeliveryPolicy redelivery, IOptions<InboxOptions> options, TimeProvider timeProvider)
{
    /// <summary>Of what is left of the locks, which nobody renews: the rest is for the commit in hand, for settling, and for a clock that differs from the broker's.</summary>
    public const double ShareOfLock = 0.75;

    /// <param name="messages">The messages.</param>
    /// <param name="lockedUntil">When the first of their locks ends; null where the messages do not say.</param>
    /// <param name="function">What the function says.</param>
    /// <param name="run">The function.</param>
    /// <param name="cancellationToken">The host stops.</param>
    /// <returns>The settlements, in the order of the messages, and what the function threw though its batch was applied.</returns>
    public async Task<(IReadOnlyList<Settlement> Settlements, Exception? Failure)> ExecuteAsync(
        IReadOnlyList<InboundMessage> messages, DateTimeOffset? lockedUntil, FunctionSettings function, Func<MessageBatch, Task> run, CancellationToken cancellationToken)
    {
        var name = function.Operation ?? function.Name;
        var left = (lockedUntil is { } end ? end - timeProvider.GetUtcNow() : options.Value.Rules.LockDuration) * ShareOfLock;
        using var lockEnds = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, timeProvider);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lockEnds.Token);
        Exception? failure = null;
        var settlements = await redelivery.ConsumeBatchAsync(
            name,
            messages,
            async token =>
            {
                try
                {
                    var told = (await RunAsync(token)).Select(outcome => outcome.ToSettlement());
                    return [.. cancellationToken.IsCancellationRequested ? told : told.Select(settlement => settlement.WhereLockEnds())];
                }
                catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                {
                    // Whether its locks have ended or not: it has failed, and that counts.
                    return RedeliveryPolicy.FailAll(messages, exception, isStopped: false);
                }
            },
            limit.Token);
        return (settlements, failure);

        async Task<IReadOnlyList<InboxOutcome>> RunAsync(CancellationToken token)
        {
            IReadOnlyList<InboxOutcome>? outcomes = null;
            var batch = new MessageBatch(messages, async (partitionOf, handler) => outcomes = await ApplyAsync(name, messages, function, partitionOf, handler, token));
            try
            {
                await run(batch);
            }
            catch (Exception exception) when (outcomes is not null)
            {
                // What is applied is applied, whatever the function made of it.
                failure = exception;
            }

            return outcomes ?? throw new InvalidOperationException($"{function.Name} ended without its batch being applied: await context.GetMessageBatch().ApplyAsync(…) and return what it returns.");
        }
    }

    private async Task<IReadOnlyList<InboxOutcome>> ApplyAsync(
        string name, IReadOnlyList<InboundMessage> messages, FunctionSettings function, Func<InboxDelivery, PartitionAddress> partitionOf, InboxHandler handler, CancellationToken cancellationToken)
    {
        var named = messages.Select(message => Name(name, message, function)).ToList();
        var applied = new Queue<InboxOutcome>(await inbox.ExecuteBatchAsync([.. named.Where(one => one.Delivery is not null).Select(one => one.Delivery!)], partitionOf, handler, cancellationToken));
        return [.. named.Select(one => one.Rejection ?? applied.Dequeue())];
    }

    private static (InboxDelivery? Delivery, InboxOutcome? Rejection) Name(string name, InboundMessage message, FunctionSettings function)
    {
        var delivery = new InboxDelivery(name, message);
        if (function.PrincipalProperty is not { } property)
        {
            return (delivery, null);
        }

        var (principal, fault) = ChosenKey.PropertyOf(message, property);
        return principal is null
            ? (null, new InboxOutcome.Rejected(RejectionReasons.EventIdMissing, $"{fault} It names the principal."))
            : (delivery with { Tenant = principal }, null);
    }
}
