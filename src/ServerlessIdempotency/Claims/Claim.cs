using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Claims;

/// <summary>
/// The right to execute one operation. It keeps the fence, the record's version as this owner last wrote it; every write carries it,
/// so once another executor has taken over, nothing that this one writes is applied (law 3).
/// </summary>
/// <remarks>The handler's steps, the renewal of the lease and the completion are written one at a time: each changes the fence.</remarks>
internal sealed class Claim(RowWriter writer, RowAddress address, string operationHash, IdempotencyRecord record, string fence, ClaimTerms terms, TimeProvider timeProvider) : IDisposable
{
    // A text that no store takes would leave the outcome untold.
    private const int MaxReason = 1_000;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _lost = new();
    private string _fence = fence;
    private Task _lastWrite = Task.CompletedTask;

    public RowAddress Address { get; } = address;

    public string OperationHash { get; } = operationHash;

    public IdempotencyRecord Record { get; private set; } = record;

    /// <summary>Until when its execution may take: the lease is renewed no longer than that.</summary>
    public DateTimeOffset Deadline => Record.ClaimedAt + terms.MaxExecution;

    public ClaimTerms Terms => terms;

    /// <summary>Cancelled once another executor is known to have taken over.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Whether no retry runs or asks once this execution has ended without an answer, until somebody has resolved it.</summary>
    public bool IsLeftToPerson => Record.CrashPolicy is CrashPolicy.Block or CrashPolicy.Park;

    public bool IsLost => _lost.IsCancellationRequested;

    /// <summary>Whether another caller has noted meanwhile that its outcome is unknown.</summary>
    public bool IsNoted { get; private set; }

    public Task<ClaimWriteOutcome> RenewAsync() =>
        WriteAsync(
            record =>
            {
                var until = timeProvider.GetUtcNow() + terms.Lease;
                return Kept(record) with { LeaseUntil = until < Deadline ? until : Deadline };
            },
            []);

    /// <summary>Records that the step has run, with its result where that fits.</summary>
    /// <returns>Whether it did.</returns>
    public async Task<bool> RecordStepAsync(string name, byte[] result)
    {
        var outcome = await WriteAsync(
            record =>
            {
                var steps = new Dictionary<string, byte[]?>(record.Steps) { [name] = result };
                if (!StepsCodec.Fits(steps))
                {
                    steps[name] = null;
                }

                return record with { Steps = steps };
            },
            []);
        return outcome is ClaimWriteOutcome.Written ? Record.Steps[name] is not null : throw new ClaimLostException();
    }

    /// <summary>Completes the record and writes all rows with it, the record first. Of a result that is too large it keeps a tombstone.</summary>
    public Task<ClaimWriteOutcome> CompleteAsync(OperationResult result, IReadOnlyList<RowWrite> rows)
    {
        var stored = ResultLimits.Apply(result);
        return WriteAsync(record => Answered(record).With(stored), rows);
    }

    /// <summary>Ends the lease now and keeps the record, so that the next retry takes over at once with the fingerprint and the steps.</summary>
    public Task<ClaimWriteOutcome> LapseAsync() => EndAsync(IdempotencyRecord.GivenBack);

    /// <summary>The same for what gave no answer: the next retry takes over at once, unless it, or an earlier one, has a crash policy that forbids it.</summary>
    public Task<ClaimWriteOutcome> LapseUnansweredAsync() => EndAsync(IdempotencyRecord.Unanswered);

    /// <summary>Says that the execution ended without an answer and may not be made again until that is resolved.</summary>
    public Task<ClaimWriteOutcome> EndUnknownAsync(string reason) =>
        WriteAsync(
        record => record with
        {
            State = RecordState.Unknown,
            ExpiresAt = IdempotencyRecord.Never,
            Reason = StorableText.Shorten(reason, MaxReason),

            // Where a rerun is ruled out here, the next attempt must find that too.
            CrashPolicy = record.CrashPolicy == CrashPolicy.Rerun ? CrashPolicy.Block : record.CrashPolicy,
        },
        []);

    /// <summary>Deletes the record as if the call had never been.</summary>
    public async Task<ClaimWriteOutcome> ReleaseAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (Record.IsDone)
            {
                return new ClaimWriteOutcome.Lost();
            }

            while (true)
            {
                switch (await writer.WriteAsync(Address.Partition, [RowWrite.Delete(Address.RowKey, _fence)], CancellationToken.None))
                {
                    case CommitOutcome.Written:
                        return new ClaimWriteOutcome.Written();

                    // Somebody has noted that we are late.
                    case CommitOutcome.Refused { Current: { } current } when IsStillOurs(current):
                        _fence = current.ETag;
                        break;

                    // Someone took over: their record stays.
                    default:
                        return new ClaimWriteOutcome.Lost();
                }
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Goes on with a write whose end is not waited for.</summary>
    public void LeaveBehind(Task write) => _lastWrite = write;

    /// <summary>Ends it, once what was left behind is over.</summary>
    public void Dispose()
    {
        if (_lastWrite.IsCompleted)
        {
            Release();
        }
        else
        {
            _ = _lastWrite.ContinueWith(_ => Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        void Release()
        {
            _gate.Dispose();
            _lost.Dispose();
        }
    }

    // A sign of life keeps the record for another retention: a retry near the end must find the keys under which an earlier attempt may have acted.
    private IdempotencyRecord Kept(IdempotencyRecord record) => record.ExpiresAt == IdempotencyRecord.Never ? record : record.KeptFrom(timeProvider.GetUtcNow());

    // What is answered may expire, whatever would have come of it otherwise.
    private IdempotencyRecord Answered(IdempotencyRecord record) => record.KeptFrom(timeProvider.GetUtcNow()) with { Reason = null };

    private Task<ClaimWriteOutcome> EndAsync(DateTimeOffset lease) => WriteAsync(record => Answered(record) with { State = RecordState.InProgress, LeaseUntil = lease }, []);

    private async Task<ClaimWriteOutcome> WriteAsync(Func<IdempotencyRecord, IdempotencyRecord> change, IReadOnlyList<RowWrite> rows)
    {
        var outcome = await WriteInTurnAsync(change, rows);
        if (outcome is ClaimWriteOutcome.Lost)
        {
            // Out of turn: what the handler has registered runs here, and may itself wait for a write.
            _lost.Cancel();
        }

        return outcome;
    }

    // Never cancelled: a write given up half-way could land later and change the fence under this owner.
    private async Task<ClaimWriteOutcome> WriteInTurnAsync(Func<IdempotencyRecord, IdempotencyRecord> change, IReadOnlyList<RowWrite> rows)
    {
        await _gate.WaitAsync();
        try
        {
            if (Record.IsDone)
            {
                // Whatever fails behind the commit: it has the fence still, and what is committed stays (law 1).
                return new ClaimWriteOutcome.Written();
            }

            var next = change(Record);
            var values = RecordColumns.ToValues(next);
            while (true)
            {
                switch (await writer.WriteAsync(Address.Partition, [RowWrite.Replace(Address.RowKey, values, _fence), .. rows], CancellationToken.None))
                {
                    case CommitOutcome.Written written:
                        _fence = written.GuardETag!;
                        Record = next;
                        return new ClaimWriteOutcome.Written();

                    case CommitOutcome.Refused { Index: not 0 } refused:
                        return new ClaimWriteOutcome.RowsRefused(refused.Index, refused.Reason);

                    // An earlier write of ours whose reply never came has landed after all, or somebody has noted that we are late: the claim is still ours, under a newer version.
                    case CommitOutcome.Refused { Current: { } current } when IsStillOurs(current):
                        _fence = current.ETag;
                        if (!next.IsDone && RecordColumns.FromRow(current) is { State: RecordState.Unknown } noted)
                        {
                            IsNoted = true;

                            // The policy by which somebody was told binds the attempts to come, whatever this one answers.
                            next = next with { CrashPolicy = CrashPolicies.StricterOf(next.CrashPolicy, noted.CrashPolicy) };

                            // Neither a sign of life nor an end without an answer is one: what callers have been told stays, and so does what keeps the others from running it.
                            next = next.IsGivenBack ? next : next with { State = RecordState.Unknown, ExpiresAt = IdempotencyRecord.Never, Reason = next.Reason ?? noted.Reason };
                            values = RecordColumns.ToValues(next);
                        }

                        break;

                    default:
                        return new ClaimWriteOutcome.Lost();
                }
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    // Each claim has an owner of its own, so the epoch need not be compared.
    private bool IsStillOurs(Row current)
    {
        var stored = RecordColumns.FromRow(current);
        return stored.Owner == Record.Owner && stored.State is (RecordState.InProgress or RecordState.Unknown);
    }
}
