using System.Globalization;
using System.Runtime.CompilerServices;
using ServerlessIdempotency.Claims;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Administration;

internal sealed class IdempotencyAdministration(RowWriter writer, IdempotencyOptions options, TimeProvider timeProvider) : IIdempotencyAdministration
{
    private static readonly TimeSpan DecisionsKept = TimeSpan.FromDays(400);

    // Longer than any claim that is about to be written after its note.
    private static readonly TimeSpan StrayNotesKept = TimeSpan.FromDays(1);

    private readonly UnknownOutcomeIndex _unknown = new(writer, options, timeProvider);

    private DateTimeOffset Now => timeProvider.GetUtcNow();

    public async Task<OperationRecord?> FindAsync(OperationScope scope, IdempotencyKey key, RecordPlacement placement, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(placement);
        return await ReadAsync(RecordAddress.Of(scope, key, placement, options.TableName), cancellationToken) is { } found && !HasExpired(found.Record) ? found : null;
    }

    public async IAsyncEnumerable<OperationRecord> ListInProgressAsync(string table, TimeSpan age, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        if (writer.Store is not IInProgressRowStore store)
        {
            throw new InvalidOperationException($"{writer.Store.GetType().Name} can't list what is in progress: it is no {nameof(IInProgressRowStore)}.");
        }

        await foreach (var row in store.QueryInProgressAsync(table, Now - age, cancellationToken))
        {
            // Another row may have a column of that name. What has answered is in nobody's hands, and what has expired is gone (law 8).
            if (row.Address.RowKey.StartsWith(RowKeyPrefixes.Record, StringComparison.Ordinal)
                && RecordColumns.IsReadable(row)
                && ToOperation(row) is { Record: var record } operation
                && !record.IsClaimEnded
                && !HasExpired(record))
            {
                yield return operation;
            }
        }
    }

    public async IAsyncEnumerable<OperationRecord> ListUnknownAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var note in _unknown.ListAsync(cancellationToken))
        {
            var found = await ReadAsync(new RowAddress(note.GetString("Table")!, note.GetString("RecordPartition")!, note.GetString("RecordKey")!), cancellationToken);
            if (IsStale(note, found?.Record))
            {
                await _unknown.RemoveAsync(note, cancellationToken);
            }
            else if (found is { State: OperationState.Unknown } && found.Record.Owner == note.GetString("Owner"))
            {
                yield return found;
            }
        }
    }

    public Task<DecisionOutcome> ReleaseAsync(OperationRecord record, Decision decision, CancellationToken cancellationToken) => ChangeAsync(
        record,
        "Released",
        decision,
        stored => stored.KeptFrom(Now) with
        {
            State = RecordState.InProgress,
            LeaseUntil = IdempotencyRecord.GivenBack,
            Reason = null,

            // Of a step whose result was too large only a person may decide that it runs again; here one has.
            Steps = stored.Steps.Where(step => step.Value is not null).ToDictionary(),
        },
        cancellationToken);

    public Task<DecisionOutcome> ResolveAsync(OperationRecord record, OperationResult result, Decision decision, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(result);
        var kept = ResultLimits.Apply(result);
        return ChangeAsync(
            record,
            "Resolved",
            decision,
            stored => stored.KeptFrom(Now).With(kept) with { Reason = null },
            cancellationToken);
    }

    public async Task<DecisionOutcome> ForgetAsync(OperationRecord record, Decision decision, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(decision);
        decision.ThrowIfInvalid();
        return await WriteAsync(record, RowWrite.Delete(record.Address.RowKey, record.Version), "Forgotten", decision, cancellationToken);
    }

    public async IAsyncEnumerable<RecordedDecision> ListDecisionsAsync(RowAddress record, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in writer.Store.QueryAsync(new RowQuery(record.Partition, DecisionPrefix(record)), cancellationToken))
        {
            yield return new RecordedDecision(
                row.GetString("Change")!,
                new Decision(row.GetString("By")!, row.GetString("Why")!),
                row.GetDateTimeOffset("At")!.Value,
                Enum.Parse<OperationState>(row.GetString("StateBefore")!),
                row.GetInt64("AttemptBefore")!.Value);
        }
    }

    private async Task<DecisionOutcome> ChangeAsync(OperationRecord record, string change, Decision decision, Func<IdempotencyRecord, IdempotencyRecord> next, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(decision);
        decision.ThrowIfInvalid();
        if (record.Record.IsDone)
        {
            return DecisionOutcome.AlreadyCompleted;
        }

        // Another owner, so that whoever held the claim finds it lost; a higher epoch, so that its note is stale.
        var stored = next(record.Record) with { Owner = Guid.NewGuid().ToString("N"), Epoch = record.Record.Epoch + 1 };
        return await WriteAsync(record, RowWrite.Replace(record.Address.RowKey, RecordColumns.ToValues(stored), record.Version), change, decision, cancellationToken);
    }

    private async Task<DecisionOutcome> WriteAsync(OperationRecord record, RowWrite write, string change, Decision decision, CancellationToken cancellationToken)
    {
        var now = Now;
        var key = string.Create(CultureInfo.InvariantCulture, $"{DecisionPrefix(record.Address)}{now.UtcTicks:D19}|{record.Attempt:D10}|{Guid.NewGuid():N}");
        var kept = RowWrite.Insert(key, new Dictionary<string, object>
        {
            ["Change"] = change,
            ["By"] = decision.By,
            ["Why"] = decision.Why,
            ["At"] = now,
            ["StateBefore"] = record.State.ToString(),
            ["AttemptBefore"] = record.Attempt,
            [RowColumns.ExpiresAt] = now + DecisionsKept,
        });
        return await writer.WriteAsync(record.Address.Partition, [write, kept], cancellationToken) is CommitOutcome.Written ? DecisionOutcome.Done : DecisionOutcome.Changed;
    }

    private async Task<OperationRecord?> ReadAsync(RowAddress address, CancellationToken cancellationToken) =>
        await writer.Store.ReadAsync(address, cancellationToken) is { } row ? ToOperation(row) : null;

    private OperationRecord ToOperation(Row row)
    {
        var record = RecordColumns.FromRow(row);
        return new OperationRecord(row.Address, row.ETag, record, StateOf(record));
    }

    // What nobody has met yet is unknown all the same once its lease is over.
    private OperationState StateOf(IdempotencyRecord record) => record switch
    {
        { IsDone: true } => OperationState.Completed,
        { State: RecordState.Unknown } => OperationState.Unknown,
        { CrashPolicy: not CrashPolicy.Rerun } when !record.IsGivenBack && Now >= record.LeaseUntil + options.ClockSkewMargin => OperationState.Unknown,
        _ => OperationState.InProgress,
    };

    private bool IsStale(Row note, IdempotencyRecord? record)
    {
        var isStray = Now - note.GetDateTimeOffset("NotedAt")!.Value > StrayNotesKept;
        return record switch
        {
            null => isStray,
            _ when record.Owner == note.GetString("Owner") => record.IsDone || record.IsGivenBack,

            // A note is written before the claim's own end, and a new record begins to count anew.
            _ => record.Epoch >= note.GetInt64("Epoch") || isStray,
        };
    }

    private bool HasExpired(IdempotencyRecord record) => record.HasExpired(Now, options.ClockSkewMargin);

    private static string DecisionPrefix(RowAddress record) => $"{RowKeyPrefixes.Decision}{record.RowKey[RowKeyPrefixes.Record.Length..]}|";
}
