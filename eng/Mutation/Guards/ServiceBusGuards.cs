namespace Mutation.Guards;

/// <summary>Batches of Service Bus, by a consumer of ours and by functions: each message is settled by itself, and only after its commit.</summary>
internal static class ServiceBusGuards
{
    private const string Received = "src/ServerlessIdempotency.ServiceBus/Batches/ReceivedBatch.cs";
    private const string Consumer = "src/ServerlessIdempotency.ServiceBus/Batches/BatchQueueConsumer.cs";
    private const string Execution = "src/ServerlessIdempotency.Functions.ServiceBus/Batches/BatchExecution.cs";
    private const string Settling = "src/ServerlessIdempotency.Functions.ServiceBus/Batches/BatchSettlement.cs";
    private const string Batch = "src/ServerlessIdempotency.Functions.ServiceBus/Batches/MessageBatch.cs";
    private const string Check = "src/ServerlessIdempotency.Functions.ServiceBus/Batches/BatchCheck.cs";
    private const string Sessions = "src/ServerlessIdempotency.Functions.ServiceBus/Batches/BatchSession.cs";

    public static IReadOnlyList<Guard> All { get; } =
    [
        new(9, "batch consumer: one that throws has its messages again", Received, "(Settlement)new Settlement.Abandon { Cause = exception })];", "(Settlement)new Settlement.Complete())];"),
        new(9, "batch consumer: one that forgets a message has failed", Received, "if (settlements.Count != messages.Count)", "if (false)"),
        new(9, "batch consumer: what is done is settled before what comes again", Received, "SettleAsync(settlement => settlement is Settlement.Complete or Settlement.DeadLetter)", "SettleAsync(_ => true)"),
        new(9, "batch consumer: what is held back in a session does not count", Received, "Settlement.Release when receiver is ServiceBusSessionReceiver => Task.CompletedTask,", ""),
        new(9, "batch consumer: a session is left with what is held back in it", Received, "return isSettled && !comesAgain;", "return isSettled;"),
        new(9, "batch consumer: a session is left with what could not be settled in it", Received, "return isSettled && !comesAgain;", "return !comesAgain;"),
        new(9, "batch consumer: a settlement that fails leaves the others", Received, "logger.LockLost(queue, exception.Message); return false;", "throw;"),
        new(15, "batch consumer: nothing is begun past three quarters of the lock", Received, "private const double ShareOfLock = 0.75;", "private const double ShareOfLock = 1;"),
        new(9, "batch consumer: what was begun when its lock ends counts", "src/ServerlessIdempotency.Inbox/Settlement.cs", "this is Release { WasBegun: true } ?", "this is Release { WasBegun: true, Why: null } ?"),
        new(9, "batch consumer: what was begun when the app stops does not count", Received, "if (!stoppingToken.IsCancellationRequested) {", "if (true) {"),
        new(9, "batch consumer: one that throws when its lock ends has failed", Received, "stoppingToken.IsCancellationRequested || (message", "limit.IsCancellationRequested || (message"),
        new(9, "batched function: what was begun when the host stops does not count", Execution, "cancellationToken.IsCancellationRequested ? told : told", "false ? told : told"),
        new(9, "batched function: one that is not done when its lock ends has failed", Execution, "catch (Exception exception) when (!cancellationToken.IsCancellationRequested)", "catch (Exception exception) when (!limit.IsCancellationRequested)"),
        new(9, "batch consumer: a session that is left is not received from", Consumer, "while (await ReceiveBatchAsync(receiver, stoppingToken))", "while (await ReceiveBatchAsync(receiver, stoppingToken) || !stoppingToken.IsCancellationRequested)"),
        new(9, "batched function: one that ends without its batch applied has failed", Execution, "return outcomes ?? throw", "return outcomes ?? messages.Select(_ => (InboxOutcome)new InboxOutcome.Processed()).ToList() ?? throw"),
        new(9, "batched function: what is applied is settled whatever the function made of it", Execution, "when (outcomes is not null)", "when (outcomes is not null && name.Length == 0)"),
        new(15, "batched function: nothing is begun past three quarters of the lock", Execution, "public const double ShareOfLock = 0.75;", "public const double ShareOfLock = 1;"),
        new(10, "batched function: each principal applies a message for itself", Execution, "(delivery with { Tenant = principal }, null)", "(delivery, null)"),
        new(10, "batched function: a message without its principal is rejected", Execution, "return principal is null ?", "return principal is null ? (delivery, null) : principal is null ?"),
        new(9, "batched function: its batch is applied once", Batch, "Interlocked.Exchange(ref _isApplied, 1) == 0", "Interlocked.Exchange(ref _isApplied, 0) == 0"),
        new(9, "batched function: what is done is settled before what comes again", Settling, "batch.Where(one => !ComesAgain(one.Settlement)).Select(", "batch.Select("),
        new(9, "batched function: a settlement that fails leaves the others", Settling, "logger.SettlementFailed(message.MessageId, exception); return exception;", "throw;"),
        new(9, "batched function: what failed is given back", Settling, "_ => actions.AbandonMessageAsync(message, cancellationToken: CancellationToken.None),", "_ => actions.CompleteMessageAsync(message, CancellationToken.None),"),
        new(9, "batched function: what is held back in a session does not count", Settling, "&& !(isReleased && one.Settlement is Settlement.Release)", ""),
        new(9, "batched function: what is held back in a session that is not released is given back", Settling, "logger.SessionNotReleased(sessionId, exception); return false;", "return true;"),
        new(9, "batched function: a session is left with what failed in it", Settling, "batch.Any(one => ComesAgain(one.Settlement)) && await", "batch.Any(one => one.Settlement is Settlement.Release) && await"),
        new(9, "batched function: no session but its own is left", Sessions, "return functions is [var only] ?", "return functions is [var only, ..] ?"),
        new(9, "batched function: messages that the host keeps are refused at the start", Check, "if (hasSessions && host.MinMessageBatchSize > 1)", "if (false)"),
        new(15, "batched function: a batch longer than its lock is refused at the start", Check, "if (host.MaxMessageBatchSize * time > available)", "if (false)"),
        new(14, "batched function: a crash policy, which it would not keep, is refused at the start", Check, "CrashPolicy: CrashPolicy.Rerun, ProbeType: null })", "ProbeType: null })"),
        new(9, "batched function: one that could not have applied its batch is refused at the start", Check, "if (function.ReturnType != typeof(MessageBatchOutcome))", "if (false)"),
    ];
}
