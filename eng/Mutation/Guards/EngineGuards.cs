namespace Mutation.Guards;

/// <summary>Executing an operation: what is stored, what is skipped, what a caller is told; and conditional updates.</summary>
internal static class EngineGuards
{
    private const string MessageCommit = "src/ServerlessIdempotency/Outbox/MessageCommit.cs";
    private const string Engine = "src/ServerlessIdempotency/Execution/IdempotencyEngine.cs";
    private const string Claimed = "src/ServerlessIdempotency/Execution/ClaimedExecution.cs";
    private const string ClaimEnd = "src/ServerlessIdempotency/Execution/ClaimEnd.cs";
    private const string Policies = "src/ServerlessIdempotency/Execution/CrashPolicies.cs";
    private const string Administration = "src/ServerlessIdempotency/Administration/IdempotencyAdministration.cs";
    private const string Context = "src/ServerlessIdempotency/Execution/OperationContext.cs";
    private const string Claim = "src/ServerlessIdempotency/Claims/Claim.cs";
    private const string Columns = "src/ServerlessIdempotency/Records/RecordColumns.cs";
    private const string Body = "src/ServerlessIdempotency/Records/BodyCodec.cs";
    private const string Fingerprint = "src/ServerlessIdempotency/Fingerprints/Fingerprint.cs";
    private const string Json = "src/ServerlessIdempotency/Fingerprints/CanonicalJson.cs";
    private const string Hash = "src/ServerlessIdempotency/Keys/OperationHash.cs";
    private const string Conditional = "src/ServerlessIdempotency/Conditional/ConditionalUpdate.cs";

    public static IReadOnlyList<Guard> All { get; } =
    [
        new(3, "lost claim: the loser's result is discarded", Claimed, "case ClaimWriteOutcome.Lost: logger.ClaimLost(claim.Address); return null;", "case ClaimWriteOutcome.Lost: return new ExecutionOutcome<T>.Executed(completed.Value, completed.Result, claim.Record.ExpiresAt);"),
        new(3, "lost claim: a handler that stops over it ends with the other's result", Claimed, "catch (Exception) when (claim.IsLost) { return null; }", ""),
        new(2, "commit: rows that changed make the handler decide again", Claimed, "case ClaimWriteOutcome.RowsRefused refused when attempt < maxAttempts:", "case ClaimWriteOutcome.RowsRefused refused when false:"),
        new(4, "commit: it is not given up half-way", Claim, "[RowWrite.Replace(Address.RowKey, values, _fence), .. rows], CancellationToken.None)", "[RowWrite.Replace(Address.RowKey, values, _fence), .. rows], new CancellationToken(true))"),
        new(1, "commit: only what was written is cached", Claimed, "if (outcome is ClaimWriteOutcome.Written) { cache.Add", "if (true) { cache.Add"),
        new(7, "failure: the record is kept, with fingerprint and steps", Claimed, "case HandlerOutcome<T>.Failed failed: await end.AnsweredAsync(claim, claim.LapseAsync);", "case HandlerOutcome<T>.Failed failed: await end.AnsweredAsync(claim, claim.ReleaseAsync);"),
        new(4, "failure: the lease ends at once", Claim, "{ State = RecordState.InProgress, LeaseUntil = lease }", "{ State = RecordState.InProgress }"),
        new(4, "failure: an exception ends the lease at once", Claimed, "await end.UnansweredAsync(claim, $\"It ended with {exception.GetType().Name}.\", exception); throw;", "throw;"),
        new(6, "failure: one without effect keeps what an earlier executor may have done", Claimed, "record.Epoch == 1 && record.Steps.Count == 0;", "record.Steps.Count == 0;"),
        new(6, "failure: one without effect keeps recorded steps", Claimed, "record.Epoch == 1 && record.Steps.Count == 0;", "record.Epoch == 1;"),
        new(4, "failure: one without effect leaves no record", Claimed, "await end.AnsweredAsync(claim, claim.ReleaseAsync);", ""),
        new(14, "crash policy: what may not run again does not for rows that have changed", Claimed, "claim.Record.CrashPolicy == CrashPolicy.Rerun ? options.MaxCommitAttempts : 1;", "options.MaxCommitAttempts;"),
        new(14, "crash policy: a parked answer that was not written keeps its note", ClaimEnd, "if (await end() is ClaimWriteOutcome.Written)", "await end();"),
        new(14, "crash policy: a caller who is gone before the handler leaves nothing unknown", Claimed, "if (cancellationToken.IsCancellationRequested) { // The caller is gone, and nothing has run. await end.GiveBackAsync(won, timeProvider.GetTimestamp());", "if (false) {"),
        new(14, "crash policy: an end without an answer is not told as one with it", ClaimEnd, "await QuietlyAsync(claim, claim.LapseUnansweredAsync, begun);", "await QuietlyAsync(claim, claim.LapseAsync, begun);"),
        new(14, "crash policy: what an earlier execution left open is not closed by giving a claim back", ClaimEnd, "won.FollowsUnanswered ? won.Claim.LapseUnansweredAsync : won.Claim.LapseAsync", "won.Claim.LapseAsync"),
        new(14, "crash policy: an execution that ended without an answer is unknown", ClaimEnd, "await claim.EndUnknownAsync(reason);", "await claim.LapseAsync();"),
        new(14, "crash policy: who was told that nobody knows binds whoever promises less", "src/ServerlessIdempotency/Claims/Claimant.cs", "Reason = record.Reason ?? NoAnswer, CrashPolicy = policy };", "Reason = record.Reason ?? NoAnswer };"),
        new(14, "crash policy: a slow executor does not take that back", Claim, "next = next with { CrashPolicy = CrashPolicies.StricterOf(next.CrashPolicy, noted.CrashPolicy) };", ""),
        new(11, "unavailable: the end of a claim keeps no caller longer than a write may take", ClaimEnd, "await ending.WaitAsync(left < TimeSpan.Zero ? TimeSpan.Zero : left, timeProvider);", "await ending;"),
        new(9, "crash policy: an unknown outcome is counted", ClaimEnd, "metrics?.UnknownOutcome(policy.ToString());", ""),
        new(9, "crash policy: an unknown outcome whose process died is counted", "src/ServerlessIdempotency/Claims/Claimant.cs", "metrics?.UnknownOutcome(policy.ToString());", ""),
        new(9, "crash policy: an unknown outcome is counted once", ClaimEnd, "if (!claim.IsNoted)", "if (true)"),
        new(4, "unavailable: the time of a handler is not taken from the end of its claim", "src/ServerlessIdempotency/Execution/ClaimedExecution.cs", "exception, exception.Begun ?? timeProvider.GetTimestamp());", "exception, 0L);"),
        new(9, "crash policy: what is unknown is found without a scan", ClaimEnd, "await unknown.NoteAsync(claim.Address, claim.Record, CancellationToken.None);", ""),
        new(9, "crash policy: parked work is on the list before its handler runs", Claimed, "await unknown.NoteAsync(claim.Address, claim.Record, cancellationToken);", ""),
        new(3, "crash policy: the outside is asked before the handler runs", Claimed, "if (won.MustProbe) { var", "if (false) { var"),
        new(2, "crash policy: whoever can't ask does not run", Policies, "CrashPolicy.Probe when canProbe => NextAttempt.Probes,", "CrashPolicy.Probe => canProbe ? NextAttempt.Probes : NextAttempt.Runs,"),
        new(2, "crash policy: the stricter holds", Policies, "one > other ? one : other;", "other;"),
        new(3, "administration: a decision fences whoever executes", Administration, "with { Owner = Guid.NewGuid().ToString(\"N\"), Epoch", "with { Epoch"),
        new(2, "administration: a decision holds for the version that was read", Administration, "RowWrite.Delete(record.Address.RowKey, record.Version)", "RowWrite.Delete(record.Address.RowKey, (await writer.Store.ReadAsync(record.Address, cancellationToken))!.ETag)"),
        new(1, "administration: a committed result is not decided again", Administration, "if (record.Record.IsDone) { return DecisionOutcome.AlreadyCompleted; }", ""),
        new(4, "unavailable: a claim that got no answer is told as such", Engine, "catch (StoreUnavailableException exception) { return new ExecutionOutcome<T>.Unavailable(HandlerRan: false, exception); }", "catch (StoreUnavailableException) { throw; }"),
        new(9, "outbox: no commit with messages without a note", MessageCommit, "await outbox.PrepareAsync(partition, cancellationToken);", ""),
        new(9, "outbox: messages are committed with the other rows", MessageCommit, "write([.. rows, .. outbox.ToRows(operationHash, messages)])", "write(rows)"),
        new(9, "outbox: a claim without its note is given back", Engine, "using (won.Claim) { await _end.GiveBackAsync(won, begun); }", ""),
        new(4, "steps: a recorded one is skipped", Context, "if (_claim.Record.Steps.TryGetValue(name, out var recorded))", "if (_claim.Record.Steps.TryGetValue(name + name, out var recorded))"),
        new(3, "steps: one that could not be recorded stops the handler", Claim, "outcome is ClaimWriteOutcome.Written ? Record.Steps[name] is not null : throw new ClaimLostException();", "outcome is not ClaimWriteOutcome.Written || Record.Steps[name] is not null;"),
        new(14, "steps: a result that is too large does not fail the execution", Claim, "if (!StepsCodec.Fits(steps))", "if (false)"),
        new(14, "policy: no retry is asked for where nobody runs or asks", Claimed, "claim.IsLeftToPerson ? new ExecutionOutcome<T>.OutcomeUnknown(reason) { Cause = cause } :", ""),
        new(14, "steps: what would need such a result ends as an unknown outcome", Claimed, "await end.UnansweredAsync(claim, exception.Message, exception, isForPerson: true); return", "await end.UnansweredAsync(claim, exception.Message, exception); return"),
        new(6, "outside keys: each step has its own", Context, """ComputeText("step", OperationHash, step)""", """ComputeText("step", OperationHash)"""),
        new(6, "outside keys: each operation has its own", Context, """ComputeText("step", OperationHash, step)""", """ComputeText("step", step)"""),
        new(1, "record: one of a later schema is refused", Columns, "if (version is not (SchemaVersion or Previous))", "if (false)"),
        new(3, "single trip: the record is the first of its rows", "src/ServerlessIdempotency/Execution/SingleTripExecution.cs", "[write, .. rows]", "[.. rows, write]"),
        new(3, "single trip: what it is written over is the version that was judged", "src/ServerlessIdempotency/Execution/SingleTripExecution.cs", "values, over.ETag)", "values, (await writer.Store.ReadAsync(address, CancellationToken.None))!.ETag)"),
        new(1, "single trip: what fails after another run was committed replays it", "src/ServerlessIdempotency/Execution/SingleTripExecution.cs", "is ClaimOutcome.Free ? (new ExecutionOutcome<T>.NotStored(value), null) : (null, current);", "is not null ? (new ExecutionOutcome<T>.NotStored(value), null) : (null, current);"),
        new(3, "single trip: a run that took too long is not committed", "src/ServerlessIdempotency/Execution/SingleTripExecution.cs", "if (now - context.StartedAt >= longest)", "if (false)"),
        new(8, "single trip: no longer than its key is remembered", "src/ServerlessIdempotency/Execution/SingleTripExecution.cs", "terms.MaxExecution < terms.Retention ? terms.MaxExecution : terms.Retention;", "terms.MaxExecution;"),
        new(4, "single trip: a crash policy is refused", Engine, "return operation.CrashPolicy == CrashPolicy.Rerun ?", "return true ?"),
        new(1, "record: a body that is not whole is refused", Body, "return whole ? body : throw", "return true ? body : throw"),
        new(7, "fingerprint: the operation is part of it", Fingerprint, """Compute("fingerprint", operation, kind)""", """Compute("fingerprint", kind)"""),
        new(7, "fingerprint: JSON and other content never meet", Fingerprint, """Compute("fingerprint", operation, kind)""", """Compute("fingerprint", operation)"""),
        new(7, "fingerprint: the content is part of it", Fingerprint, "hash.AppendData(content);", ""),
        new(7, "fingerprint: a member that comes twice is refused", Json, "AllowDuplicateProperties = false", "AllowDuplicateProperties = true"),
        new(10, "hash: parts can't run into each other", Hash, "hash.AppendData(length);", ""),
        new(2, "conditional update: the condition is put to the row", Conditional, "!row.Values.TryGetValue(column, out var value) || !AreEqual(value, expected)", "!row.Values.TryGetValue(column, out var value)"),
        new(2, "conditional update: it carries the version that was judged", Conditional, "[RowWrite.Replace(address.RowKey, change.Values, row.ETag), .. change.Beside]", "[RowWrite.Replace(address.RowKey, change.Values, (await writer.Store.ReadAsync(address, cancellationToken))!.ETag), .. change.Beside]"),
        new(2, "conditional update: a decision holds for one version only", Conditional, "if (await decide(row, cancellationToken) is not { } change)", "if ((attempt > 1 ? new ConditionalChange(row.Values) : await decide(row, cancellationToken)) is not { } change)"),
    ];
}
