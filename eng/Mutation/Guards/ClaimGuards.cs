namespace Mutation.Guards;

/// <summary>Winning, keeping and losing a claim.</summary>
internal static class ClaimGuards
{
    private const string Claim = "src/ServerlessIdempotency/Claims/Claim.cs";
    private const string Claimant = "src/ServerlessIdempotency/Claims/Claimant.cs";
    private const string Cache = "src/ServerlessIdempotency/Claims/CompletedRecordCache.cs";
    private const string Renewal = "src/ServerlessIdempotency/Claims/LeaseRenewal.cs";
    private const string Address = "src/ServerlessIdempotency/Claims/RecordAddress.cs";
    private const string Record = "src/ServerlessIdempotency/Records/IdempotencyRecord.cs";
    private const string Columns = "src/ServerlessIdempotency/Records/RecordColumns.cs";
    private const string Limits = "src/ServerlessIdempotency/Records/ResultLimits.cs";
    private const string ReadVersion = "(await writer.Store.ReadAsync(Address, CancellationToken.None))?.ETag ?? _fence";

    public static IReadOnlyList<Guard> All { get; } =
    [
        new(3, "fence: complete, renew and step carry it", Claim, "[RowWrite.Replace(Address.RowKey, values, _fence), .. rows]", $"[RowWrite.Replace(Address.RowKey, values, {ReadVersion}), .. rows]"),
        new(3, "fence: release carries it", Claim, "[RowWrite.Delete(Address.RowKey, _fence)]", $"[RowWrite.Delete(Address.RowKey, {ReadVersion})]"),
        new(3, "fence: the record is the transaction's first row", Claim, "[RowWrite.Replace(Address.RowKey, values, _fence), .. rows]", "[.. rows, RowWrite.Replace(Address.RowKey, values, _fence)]"),
        new(3, "fence: a refused business row is no lost claim", Claim, "case CommitOutcome.Refused { Index: not 0 } refused: return new ClaimWriteOutcome.RowsRefused(refused.Index, refused.Reason);", ""),
        new(5, "fence: a late write of our own is taken over as ours", Claim, "when IsStillOurs(current): _fence = current.ETag; if (!next", "when false: _fence = current.ETag; if (!next"),
        new(5, "fence: what others have noted does not keep a late release from being made", Claim, "when IsStillOurs(current): _fence = current.ETag; break;", "when false: break;"),
        new(3, "fence: a newer version is ours only under our owner's name", Claim, "stored.Owner == Record.Owner && ", ""),
        new(1, "fence: a completed record is never ours to write again", Claim, " && stored.State is (RecordState.InProgress or RecordState.Unknown)", ""),
        new(3, "lost claim: the handler's token is cancelled", Claim, "_lost.Cancel();", ""),
        new(3, "lost claim: the handler's token follows the claim", Renewal, "CancellationTokenSource.CreateLinkedTokenSource(caller, claim.Lost, _lapsed.Token)", "CancellationTokenSource.CreateLinkedTokenSource(caller, _lapsed.Token)"),
        new(2, "lease: it is renewed at half-life", Renewal, "if (await _claim.RenewAsync() is not ClaimWriteOutcome.Written)", "if (true)"),
        new(2, "lease: a handler that is run again is renewed in time", Renewal, "return TimeSpan.FromTicks(Math.Clamp(left.Ticks, 0, _lease.Ticks / 2));", "return _lease / 2;"),
        new(2, "lease: one that ran out unrenewed cancels the handler's token", Renewal, "if (left <= TimeSpan.Zero) { _lapsed.Cancel(); return; }", "if (left <= TimeSpan.Zero) { return; }"),
        new(2, "lease: a renewal that failed for any reason is tried again", Renewal, "catch (Exception exception)", "catch (ServerlessIdempotency.Rows.StoreUnavailableException exception)"),
        new(2, "lease: it is renewed no longer than an execution may take", Claim, "LeaseUntil = until < Deadline ? until : Deadline };", "LeaseUntil = until };"),
        new(2, "time limit: the handler is told to stop", Renewal, "_isTimedOut = true; _lapsed.Cancel(); return;", "_isTimedOut = true; return;"),
        new(2, "claim: it is not given up half-way", Claimant, "await writer.WriteAsync(address.Partition, [write], CancellationToken.None)", "await writer.WriteAsync(address.Partition, [write], cancellationToken)"),
        new(2, "lease: a held record is not claimed", Claimant, "record.State == RecordState.InProgress && leaseLeft > TimeSpan.Zero;", "false;"),
        new(4, "lease: a lapsed record is claimed", Claimant, "record.State == RecordState.InProgress && leaseLeft > TimeSpan.Zero;", "record.State == RecordState.InProgress;"),
        new(2, "lease: a takeover waits for the margin of the clocks", Claimant, "record.LeaseUntil + options.ClockSkewMargin - now;", "record.LeaseUntil - now;"),
        new(2, "lease: a held record is not claimed although it expired", Claimant, "if (IsExpired(record, now) && !isHeld)", "if (IsExpired(record, now))"),
        new(2, "takeover: it carries the version that was judged", Claimant, "RowWrite.Replace(address.RowKey, values, over.ETag)", "RowWrite.Replace(address.RowKey, values, (await writer.Store.ReadAsync(address, cancellationToken))!.ETag)"),
        new(6, "takeover: it keeps the start, from which outside keys derive", Claimant, "StartedAt = record.StartedAt, Content", "Content"),
        new(4, "takeover: it keeps the recorded steps", Claimant, "Steps = record.Steps, Retention", "Retention"),
        new(13, "takeover: the longer retention counts from then on", Claimant, "Retention = record.Retention > fresh.Retention ? record.Retention : fresh.Retention,", ""),
        new(8, "takeover: what was promised never to run twice does not expire", Claimant, "policy != CrashPolicy.Rerun ? IdempotencyRecord.Never : record.ExpiresAt", "record.ExpiresAt"),
        new(3, "claim: a call whose operation was released does not run it again", Claimant, "if (!mayClaim)", "if (false)"),
        new(8, "takeover: the record is kept for another retention", Claimant, "record.ExpiresAt > fresh.ExpiresAt ? record.ExpiresAt : fresh.ExpiresAt", "record.ExpiresAt"),
        new(13, "takeover: a longer retention of another channel stays", Claimant, "record.ExpiresAt > fresh.ExpiresAt ? record.ExpiresAt : fresh.ExpiresAt", "fresh.ExpiresAt"),
        new(13, "claim: every sign of life keeps the record for another retention", Record, "return ExpiresAt != Never && ExpiresAt > until ? this : this with { ExpiresAt = until };", "return ExpiresAt != Never ? this : this with { ExpiresAt = until };"),
        new(13, "claim: a decision keeps the operation for its own retention", Record, "var until = now + Retention;", "var until = now + IdempotencyOptions.DefaultRetention;"),
        new(15, "expiry: a clock that is ahead by the margin forgets nothing", Record, "now >= ExpiresAt + clockSkewMargin;", "now >= ExpiresAt;"),
        new(14, "limit: a result that is too large is a tombstone", Claim, "var stored = ResultLimits.Apply(result);", "var stored = ResultLimits.Apply(result) with { Result = result };"),
        new(14, "limit: more rows than a transaction takes are no rerun", "src/ServerlessIdempotency/Execution/ClaimedExecution.cs", "isForPerson: exception is ArgumentException);", "isForPerson: false);"),
        new(14, "limit: a rerun that is ruled out stays so for the next attempt", Claim, "record.CrashPolicy == CrashPolicy.Rerun ? CrashPolicy.Block : record.CrashPolicy,", "record.CrashPolicy,"),
        new(14, "limit: a tombstone is replayed", Record, "State is RecordState.Completed or RecordState.Tombstone;", "State is RecordState.Completed;"),
        new(14, "limit: headers that are too long lose the longest", Limits, "if (headers?.Length > MaxHeadersLength)", "if (false)"),
        new(1, "schema: an unknown state is not taken for another one", Columns, "Enum.GetName(value) == text ? value : throw", "true ? value : throw"),
        new(1, "local cache: what a person has decided shows within its age", Cache, "timeProvider.GetUtcNow() < entry.Until ? entry.Record : null;", "true ? entry.Record : null;"),
        new(1, "local cache: it owns its bytes", Cache, "Body = result.Body.ToArray()", "Body = result.Body"),
        new(8, "takeover: an expired record's claim begins a new operation", Claimant, "if (IsExpired(record, fresh.StartedAt))", "if (false)"),
        new(3, "takeover: it raises the epoch", Claimant, "NewRecord(operation, record.Epoch + 1)", "NewRecord(operation, record.Epoch)"),
        new(8, "expiry: an expired result is not replayed", Claimant, "if (IsExpired(record, now) && !isHeld)", "if (false)"),
        new(8, "expiry: an expired result is not replayed from the local cache", Claimant, "cache.TryGet(address) is { } cached && timeProvider.GetUtcNow() < cached.ExpiresAt", "cache.TryGet(address) is { } cached"),
        new(7, "mismatch: another fingerprint neither runs nor replays", Claimant, "_ when !record.IsOf(operation) => new ClaimOutcome.Mismatch(),", ""),
        new(7, "mismatch: another content under the same fingerprint is one", "src/ServerlessIdempotency/Records/IdempotencyRecord.cs", " && (Content is not { } known || operation.Content is not { } asked || known == asked);", ";"),
        new(4, "mismatch: a record of the version before says nothing about its content", "src/ServerlessIdempotency/Records/IdempotencyRecord.cs", "Content is not { } known || operation.Content is not { } asked || known == asked", "Content == operation.Content"),
        new(7, "mismatch: it is told from the local cache too", Claimant, "cached.IsOf(operation) ? new ClaimOutcome.Completed(cached) : new ClaimOutcome.Mismatch()", "new ClaimOutcome.Completed(cached)"),
        new(6, "outside keys: after retention they are others", Claimant, "operation.Key.Value, record.StartedAt.UtcTicks.ToString(System.Globalization.CultureInfo.InvariantCulture)", "operation.Key.Value"),
        new(6, "outside keys: each principal has its own", Claimant, """OperationHash.ComputeText("operation", operation.Scope.Principal,""", """OperationHash.ComputeText("operation","""),
        new(10, "address: each principal has its own record", Address, """OperationHash.Compute("record", scope.Principal,""", """OperationHash.Compute("record","""),
        new(10, "address: each operation has its own record", Address, "scope.Principal, scope.Operation, key.Value", "scope.Principal, key.Value"),
    ];
}
