namespace Mutation.Guards;

/// <summary>Each event is applied once for each consumer, and settled only after that.</summary>
internal static class InboxGuards
{
    private const string Inbox = "src/ServerlessIdempotency.Inbox/MessageInbox.cs";
    private const string Processed = "src/ServerlessIdempotency.Inbox/ProcessedEvent.cs";
    private const string Cache = "src/ServerlessIdempotency.Inbox/AppliedEventCache.cs";
    private const string Options = "src/ServerlessIdempotency.Inbox/InboxOptions.cs";
    private const string Outcome = "src/ServerlessIdempotency.Inbox/InboxOutcome.cs";
    private const string Redelivery = "src/ServerlessIdempotency.Inbox/RedeliveryPolicy.cs";
    private const string Batch = "src/ServerlessIdempotency.Inbox/Batches/InboxBatch.cs";
    private const string BatchFailures = "src/ServerlessIdempotency.Inbox/Batches/FailedSessions.cs";
    private const string Identity = "src/ServerlessIdempotency.Inbox/EventIdentity.cs";

    public static IReadOnlyList<Guard> All { get; } =
    [
        new(12, "identity: binary values are told apart", "src/ServerlessIdempotency.Inbox/PropertyText.cs", "byte[] bytes => Convert.ToBase64String(bytes),", "byte[] bytes => bytes.ToString(),"),
        new(12, "identity: a moment keeps its fraction", "src/ServerlessIdempotency.Inbox/PropertyText.cs", """moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);""", """moment.UtcDateTime.ToString("s", CultureInfo.InvariantCulture);"""),
        new(12, "identity: what has no exact text is rejected", "src/ServerlessIdempotency.Inbox/PropertyText.cs", "_ => null,", "_ => value.ToString(),"),
        new(12, "identity: a body without exact bytes names no event", "src/ServerlessIdempotency.Inbox/EventIdentity.cs", "if (delivery.Message.BodyFault is { } fault)", "if (delivery.Message.BodyFault is { Length: < 0 } fault)"),
        new(9, "consumer: the lock of a message is renewed while its consumer runs", "src/ServerlessIdempotency.ServiceBus/QueueConsumer.cs", "MaxConcurrentCalls = options.Concurrency, MaxAutoLockRenewalDuration = Timeout.InfiniteTimeSpan,", "MaxConcurrentCalls = options.Concurrency, MaxAutoLockRenewalDuration = TimeSpan.Zero,"),
        new(12, "consumer: one without exact bytes is not handed on", "src/ServerlessIdempotency.ServiceBus/QueueConsumer.cs", "inbound.BodyFault is { } fault ?", "inbound.BodyFault is { Length: < 0 } fault ?"),
        new(1, "inbox: the mark is the transaction's first row", Inbox, "[applied.ToWrite(address.RowKey, current), .. apply.Rows],", "[.. apply.Rows, applied.ToWrite(address.RowKey, current)],"),
        new(1, "inbox: the mark is written", Inbox, "[applied.ToWrite(address.RowKey, current), .. apply.Rows],", "[.. apply.Rows],"),
        new(1, "inbox: another's mark is a duplicate", Inbox, "if (FindApplied(current) is { } applied) { return applied.Meet(known); } if (attempt", "if (attempt"),
        new(1, "inbox: an expired mark is replaced in the version that was judged", Processed, "expired is null ? RowWrite.Insert(rowKey, values) : RowWrite.Replace(rowKey, values, expired.ETag)", "RowWrite.Insert(rowKey, values)"),
        new(8, "inbox: an expired mark is no duplicate", Inbox, "if (_timeProvider.GetUtcNow() >= applied.ExpiresAt + _engine.ClockSkewMargin)", "if (false)"),
        new(15, "inbox: a clock that is ahead by the margin forgets nothing", Inbox, "applied.ExpiresAt + _engine.ClockSkewMargin)", "applied.ExpiresAt)"),
        new(8, "inbox: an expired mark is no duplicate in the local cache either", Cache, " && timeProvider.GetUtcNow() < applied!.ExpiresAt ? applied : null;", " ? applied : null;"),
        new(9, "inbox: a duplicate that its handler would reject is no dead letter", Inbox, "return FindApplied(await _writer.Store.ReadAsync(address, cancellationToken))?.Meet(known) ??", "return"),
        new(4, "inbox: a commit is not given up half-way", Inbox, "_writer.WriteAsync(address.Partition, writes, CancellationToken.None)", "_writer.WriteAsync(address.Partition, writes, cancellationToken)"),
        new(9, "inbox: an event that its handler failed is not done", Outcome, "Failed failed => new Settlement.Abandon { Cause = failed.Cause },", "Failed => new Settlement.Complete(),"),
        new(9, "inbox: an event in progress elsewhere is not done", Outcome, "InProgressElsewhere elsewhere => new Settlement.Abandon { Why = $\"Another consumer has the event in hand, for another {elsewhere.LeaseLeft} at most unless it gives a sign of life.\", RetryAfter = elsewhere.LeaseLeft },", "InProgressElsewhere => new Settlement.Complete(),"),
        new(9, "redelivery: a message that failed is given back", Redelivery, "settlement = new Settlement.Abandon { Cause = exception };", "settlement = new Settlement.Complete();"),
        new(9, "redelivery: the last delivery is told with its reason", Redelivery, "if (message.DeliveryCount >= _options.Rules.MaxDeliveryCount)", "if (false)"),
        new(9, "redelivery: no message dies by its count behind a lease", Redelivery, "|| retryAfter is not { } worth || worth <= pause)", "|| retryAfter is not { } worth || worth > pause)"),
        new(9, "redelivery: a dead letter is counted", Redelivery, "_metrics?.DeadLettered(consumer, letter.Reason);", ""),
        new(10, "inbox: each tenant has its own mark", Processed, """ComputeText("processed", delivery.Tenant, delivery.Consumer""", """ComputeText("processed", delivery.Consumer"""),
        new(10, "inbox: each consumer has its own mark", Processed, """delivery.Tenant, delivery.Consumer, eventId.Value""", """delivery.Tenant, eventId.Value"""),
        new(10, "inbox: each tenant has its own claim", Inbox, "new OperationScope(delivery.Tenant, delivery.Consumer)", "new OperationScope(\"\", delivery.Consumer)"),
        new(10, "inbox: each consumer has its own claim", Inbox, "new OperationScope(delivery.Tenant, delivery.Consumer)", "new OperationScope(delivery.Tenant, \"\")"),
        new(8, "inbox: after retention an event's messages have other ids", Processed, ", appliedAt.UtcTicks.ToString(CultureInfo.InvariantCulture));", ");"),
        new(8, "inbox: claimed events are remembered as long as the others", Inbox, "Retention = _options.Retention, };", "};"),
        new(7, "inbox: an event id used for something else is a dead letter", Inbox, "ExecutionOutcome<T>.Mismatch => AppliedEvent.Reused(),", "ExecutionOutcome<T>.Mismatch => new InboxOutcome.Duplicate(),"),
        new(12, "inbox: another message under an applied event's id is no duplicate", "src/ServerlessIdempotency.Inbox/AppliedEvent.cs", "content != identity.Content ? Reused() :", "content == default ? Reused() :"),
        new(12, "inbox: a claimed event's record keeps what its message says", Inbox, "shaped with { Content = known.Content } : shaped,", "shaped : shaped,"),
        new(4, "inbox: a claimed event's record is one that the version before goes on with", Inbox, "Fingerprint = Fingerprint.FromBytes(delivery.Consumer, Encoding.UTF8.GetBytes(known.EventId.Value)),", "Fingerprint = known.Content,"),
        new(12, "inbox: texts that are no objects are two where a byte differs", "src/ServerlessIdempotency.Inbox/EventContent.cs", "CloudEventReader.IsJson(type) : LooksLikeJson(message.Body)", "CloudEventReader.IsJson(type) : true"),
        new(12, "batch: another message under the id of one before it is no copy", Batch, "if (first.Identity!.Content != message.Identity!.Content)", "if (first.Identity!.Content == default)"),
        new(14, "batch: what can't be sent is a dead letter at its first delivery", Batch, "catch (ArgumentException) { return null; }", "catch (NotSupportedException) { return null; }"),
        new(14, "inbox: a delivery that threw is a dead letter where no other one may run", Inbox, "return ran is { IsLeftToPerson: true } ?", "return ran is { IsLeftToPerson: true, Epoch: < 0 } ?"),
        new(14, "inbox: a delivery that took too long is a dead letter where no other one may run", Inbox, "ExecutionOutcome<T>.TimedOut { IsOutcomeUnknown: true } timedOut => Unknown($\"It took {timedOut.MaxExecution}, as long as it may.\", timedOut.Cause),", ""),
        new(9, "inbox: a message that names no event is rejected", Identity, "return string.IsNullOrEmpty(id) ? null : EventId.FromText(id);", "return EventId.FromText(string.IsNullOrEmpty(id) ? \"none\" : id);"),
        new(9, "inbox: a malformed CloudEvent is rejected", Identity, "if (reading is CloudEventReading.Malformed malformed)", "if (reading is CloudEventReading.Malformed malformed && malformed.Fault.Length == 0)"),
        new(8, "inbox: retention outlives the broker's own window", Options, "if (Retention <= Rules.DuplicateDetectionWindow)", "if (false)"),
        new(8, "inbox: retention outlives every redelivery", Options, "if (Retention <= redelivery)", "if (false)"),
        new(8, "inbox: retention outlives a resubmitted dead letter", Options, "if (Retention <= Rules.DeadLetterResubmission)", "if (false)"),
        new(8, "inbox: retention outlives waiting, redelivery and resubmission together", Options, "if (Retention <= longest && Retention > redelivery && Retention > Rules.DeadLetterResubmission)", "if (false)"),
        new(9, "batch: what got no clear answer is not processed", Batch, "Interrupt(transaction, exception); return false;", "Committed(transaction); return true;"),
        new(4, "batch: a commit is not given up half-way", Batch, "writer.WriteAsync(transaction.Partition, transaction.ToWrites(), CancellationToken.None)", "writer.WriteAsync(transaction.Partition, transaction.ToWrites(), cancellationToken)"),
        new(9, "batch: a failed message holds back its session", BatchFailures, "_failedSessions[session] = message.Place;", ""),
        new(9, "batch: a copy is done only once the first is committed", Batch, "transaction.AddCopy(message);", "message.Outcome = new InboxOutcome.Duplicate();"),
        new(9, "batch: a message is rejected for what is committed", Batch, "message.IsAlone = true; return false; case var", "message.Outcome = new InboxOutcome.Rejected(\"\", \"\"); return false; case var"),
        new(9, "batch: what is held back is not done", Outcome, "HeldBack heldBack => new Settlement.Release(heldBack.Why) { WasBegun = heldBack.WasBegun },", "HeldBack => new Settlement.Complete(),"),
        new(1, "batch: each event's mark is written", "src/ServerlessIdempotency.Inbox/Batches/BatchTransaction.cs", "[.. _entries.Select(entry => entry.Mark), ..", "[.. _entries.Take(1).Select(entry => entry.Mark), .."),
        new(3, "batch: a row of several events is decided on its last version", "src/ServerlessIdempotency.Inbox/Batches/PendingRow.cs", "replace.ETag == _version", "replace.ETag.Length > 0"),
        new(9, "batch: a session whose messages cross partitions keeps its order", "src/ServerlessIdempotency.Inbox/Batches/BatchOrder.cs", "return crossing ||", "return"),
        new(9, "batch: what is before a failed message is not held back by it", BatchFailures, " && place < message.Place;", ";"),
    ];
}
