using ServerlessIdempotency.Administration;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Telemetry;

namespace ServerlessIdempotency.Claims;

/// <summary>Wins claims: by insert where there is no record, by a guarded replace where its lease has lapsed or it has expired.</summary>
internal sealed class Claimant(RowWriter writer, CompletedRecordCache cache, UnknownOutcomeIndex unknown, IdempotencyOptions options, TimeProvider timeProvider, IdempotencyMetrics? metrics = null)
{
    private const string NoAnswer = "Its execution gave no answer by the end of its lease.";

    private const string Discarded = "The operation was released or forgotten while this execution was under way, and what came of it was discarded.";

    /// <param name="operation">The operation.</param>
    /// <param name="address">Where its record lives.</param>
    /// <param name="readFirst">Whether there is likely to be a record.</param>
    /// <param name="mayClaim">False for a call whose handler has run and may not run again: it learns what stands there.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<ClaimOutcome> TryClaimAsync(Operation operation, RowAddress address, bool readFirst, bool mayClaim, CancellationToken cancellationToken)
    {
        if (FindCached(operation, address) is { } known)
        {
            return known;
        }

        var current = readFirst ? await writer.Store.ReadAsync(address, cancellationToken) : null;
        while (true)
        {
            var found = await FindAsync(operation, address, current, cancellationToken);
            if (found is not ClaimOutcome.Free free)
            {
                return found;
            }

            if (!mayClaim)
            {
                return new ClaimOutcome.OutcomeUnknown(Discarded);
            }

            var (record, values) = (free.Next, RecordColumns.ToValues(free.Next));
            var write = free.Over is { } over ? RowWrite.Replace(address.RowKey, values, over.ETag) : RowWrite.Insert(address.RowKey, values);

            // Never cancelled once it is sent: a claim that lands after its caller is gone would be nobody's, and hold up the retry for a whole lease.
            cancellationToken.ThrowIfCancellationRequested();
            switch (await writer.WriteAsync(address.Partition, [write], CancellationToken.None))
            {
                case CommitOutcome.Written written:
                    return new ClaimOutcome.Won(new Claim(writer, address, HashOf(operation, record), record, written.GuardETag!, ClaimTerms.Of(operation, options), timeProvider), free.MustProbe, free.FollowsUnanswered);
                case CommitOutcome.Refused refused:
                    // Someone was faster. What stands there now came with the refusal, so a replay costs no further read.
                    current = refused.Current;
                    break;
            }
        }
    }

    /// <summary>What this process knows of the operation without asking the store; null where that is nothing.</summary>
    public ClaimOutcome? FindCached(Operation operation, RowAddress address) =>
        cache.TryGet(address) is { } cached && timeProvider.GetUtcNow() < cached.ExpiresAt
            ? cached.IsOf(operation) ? new ClaimOutcome.Completed(cached) : new ClaimOutcome.Mismatch()
            : null;

    /// <summary>What stands there, or that nothing stands in the way.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="address">Where its record lives.</param>
    /// <param name="current">The row of its record, as it was read; null where there is none, or where that is to be found out by inserting.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<ClaimOutcome> FindAsync(Operation operation, RowAddress address, Row? current, CancellationToken cancellationToken)
    {
        while (current is not null)
        {
            var record = RecordColumns.FromRow(current);
            var verdict = Judge(operation, record);
            if (verdict is null)
            {
                var isSame = !IsExpired(record, timeProvider.GetUtcNow());
                var mustProbe = isSame && NextOf(operation, record) is NextAttempt.Probes;
                return new ClaimOutcome.Free(NextClaim(operation, record), current, mustProbe, FollowsUnanswered: isSame && !record.IsGivenBack);
            }

            var policy = CrashPolicies.StricterOf(record.CrashPolicy, operation.CrashPolicy);
            if (verdict is ClaimOutcome.OutcomeUnknown && (record.State == RecordState.InProgress || policy != record.CrashPolicy))
            {
                // The first to find out says so, for people and for older versions. The owner stays: it may still complete, and then that is the answer. The policy is the one
                // by which it is told so: a later caller that promises less must find the same.
                var isFound = record.State == RecordState.InProgress;
                if (isFound)
                {
                    await unknown.NoteAsync(address, record, cancellationToken);
                }

                record = record with { State = RecordState.Unknown, ExpiresAt = IdempotencyRecord.Never, Reason = record.Reason ?? NoAnswer, CrashPolicy = policy };
                if (await writer.WriteAsync(address.Partition, [RowWrite.Replace(address.RowKey, RecordColumns.ToValues(record), current.ETag)], CancellationToken.None) is CommitOutcome.Refused moved)
                {
                    current = moved.Current;
                    continue;
                }

                if (isFound)
                {
                    // Nobody else is left to count it, where its process died.
                    metrics?.UnknownOutcome(policy.ToString());
                }
            }

            if (verdict is ClaimOutcome.Completed completed)
            {
                cache.Add(address, completed.Record);
            }

            return verdict;
        }

        return new ClaimOutcome.Free(NewRecord(operation, epoch: 1), Over: null, MustProbe: false, FollowsUnanswered: false);
    }

    /// <summary>What a stored record means to this caller; null means that it may be claimed.</summary>
    private ClaimOutcome? Judge(Operation operation, IdempotencyRecord record)
    {
        var now = timeProvider.GetUtcNow();
        var leaseLeft = record.LeaseUntil + options.ClockSkewMargin - now;
        var isHeld = record.State == RecordState.InProgress && leaseLeft > TimeSpan.Zero;
        if (IsExpired(record, now) && !isHeld)
        {
            return null;
        }

        return record switch
        {
            _ when !record.IsOf(operation) => new ClaimOutcome.Mismatch(),
            { IsDone: true } => new ClaimOutcome.Completed(record),
            _ when isHeld => new ClaimOutcome.InProgress(now - record.ClaimedAt, leaseLeft),
            _ when NextOf(operation, record) is not NextAttempt.Waits => null,
            _ => new ClaimOutcome.OutcomeUnknown(record.Reason ?? NoAnswer),
        };
    }

    // What the earlier claim has promised holds, and what this caller demands. Whoever gave its claim back had answered.
    private static NextAttempt NextOf(Operation operation, IdempotencyRecord record) =>
        record.IsGivenBack
            ? NextAttempt.Runs
            : CrashPolicies.StricterOf(record.CrashPolicy, operation.CrashPolicy).Next(operation.Probe is not null);

    private IdempotencyRecord NextClaim(Operation operation, IdempotencyRecord record)
    {
        var fresh = NewRecord(operation, record.Epoch + 1);

        // Expired: a new operation. Lapsed: the same one, so its start and its steps stay, and what is still being retried is not forgotten.
        if (IsExpired(record, fresh.StartedAt))
        {
            return fresh;
        }

        var policy = CrashPolicies.StricterOf(record.CrashPolicy, fresh.CrashPolicy);
        return fresh with
        {
            StartedAt = record.StartedAt,
            Content = fresh.Content ?? record.Content,
            Steps = record.Steps,
            Retention = record.Retention > fresh.Retention ? record.Retention : fresh.Retention,

            // Whoever claims it: what may become unknown does not expire.
            ExpiresAt = policy != CrashPolicy.Rerun ? IdempotencyRecord.Never : record.ExpiresAt > fresh.ExpiresAt ? record.ExpiresAt : fresh.ExpiresAt,
            CrashPolicy = policy,
        };
    }

    private bool IsExpired(IdempotencyRecord record, DateTimeOffset now) => record.HasExpired(now, options.ClockSkewMargin);

    private IdempotencyRecord NewRecord(Operation operation, long epoch)
    {
        var now = timeProvider.GetUtcNow();
        var terms = ClaimTerms.Of(operation, options);
        return new IdempotencyRecord
        {
            State = RecordState.InProgress,
            Fingerprint = operation.Fingerprint,
            Content = operation.Content,
            Owner = Guid.NewGuid().ToString("N"),
            Epoch = epoch,
            LeaseUntil = now + terms.Lease,
            StartedAt = now,
            ClaimedAt = now,
            Retention = terms.Retention,
            ExpiresAt = operation.CrashPolicy == CrashPolicy.Rerun ? now + terms.Retention : IdempotencyRecord.Never,
            CrashPolicy = operation.CrashPolicy,
            Origin = RecordOrigin.Of(operation, options.InstanceName),
        };
    }

    /// <summary>Names one execution of the operation within its retention; outside keys and ids of messages derive from it.</summary>
    public static string HashOf(Operation operation, IdempotencyRecord record) =>
        OperationHash.ComputeText("operation", operation.Scope.Principal, operation.Scope.Operation, operation.Key.Value, record.StartedAt.UtcTicks.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
