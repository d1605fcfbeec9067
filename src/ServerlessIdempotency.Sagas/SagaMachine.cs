using System.Globalization;
using System.Text.Json;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>
/// What follows from what, with no side effect: which step is next, and what an answer means. A saga that comes out of here has an active step, waits, is
/// parked or has ended.
/// </summary>
internal sealed class SagaMachine(SagaDefinition definition)
{
    // Results are for ids and amounts; the whole saga has to fit into one row.
    private const int MaxResultLength = 16 * 1024;

    private const int MaxReasonLength = 1_000;

    public static SagaStepSnapshot? ActiveOf(SagaSnapshot saga) => saga.Status switch
    {
        _ when saga.WaitsUntil is not null => null,
        SagaStatus.Running => saga.Steps.FirstOrDefault(step => step.Status is SagaStepStatus.Started or SagaStepStatus.Unknown),
        SagaStatus.Compensating => saga.Steps.LastOrDefault(step => step.Status == SagaStepStatus.Compensating),
        _ => null,
    };

    public SagaStep StepOf(string name) => definition.Find(name)
        ?? throw new InvalidOperationException($"The saga '{definition.Name}' has no step '{name}' any more, but a stored saga has: keep the step until no saga needs it.");

    /// <summary>Begins whatever is next. The attempt is counted before it is made, so a step that kills the process is not tried for ever.</summary>
    public SagaSnapshot Begin(SagaSnapshot saga, DateTimeOffset now)
    {
        saga = saga with { WaitsUntil = null };
        if (saga.Status == SagaStatus.Running)
        {
            if (saga.Steps.FirstOrDefault(step => step.Status != SagaStepStatus.Done) is not { } next)
            {
                return saga with { Status = SagaStatus.Completed, EndedAt = now, Reason = null };
            }

            // An unknown outcome is never undone by a clock: it is asked about, or a person's, also after the deadline.
            if (now < saga.Deadline || next.Status is SagaStepStatus.Started or SagaStepStatus.Unknown)
            {
                return BeginStep(saga, next, now);
            }

            saga = saga with { Status = SagaStatus.Compensating, Reason = $"The whole was not done by {saga.Deadline.ToString("u", CultureInfo.InvariantCulture)}." };
        }

        // Whatever was begun may have had an effect, also where its answer was no: an earlier attempt may still be on its way.
        if (saga.Steps.LastOrDefault(step => step.HasBegun && step.Status is not (SagaStepStatus.Compensated or SagaStepStatus.NotCompensated)) is not { } last)
        {
            return saga with { Status = SagaStatus.Compensated, EndedAt = now };
        }

        return last.CompensationAttempts < StepOf(last.Name).MaxCompensationAttempts
            ? Set(saga, last with { Status = SagaStepStatus.Compensating, CompensationAttempts = last.CompensationAttempts + 1 })
            : Park(saga, last, last.Reason ?? "No attempt to undo it came to an answer.", now);
    }

    public SagaSnapshot Apply(SagaSnapshot saga, SagaStepSnapshot step, StepOutcome outcome, DateTimeOffset now) => outcome switch
    {
        StepOutcome.Done done => Done(saga, step, done.Result, now),
        StepOutcome.Retryable retryable => Retry(saga, step, retryable.Reason, retryable.After, now),
        StepOutcome.Rejected rejected => Reject(saga, step, rejected.Reason),
        StepOutcome.OutcomeUnknown unknown when NextOf(step) is NextAttempt.Waits => Park(saga, step, $"Its outcome is unknown: {unknown.Reason}", now),
        StepOutcome.OutcomeUnknown unknown => Set(saga, step with { Status = SagaStepStatus.Unknown, Probes = 0, Reason = Shorten(unknown.Reason) }),
        _ => throw new NotSupportedException($"Unknown outcome {outcome.GetType().Name}."),
    };

    public SagaSnapshot Apply(SagaSnapshot saga, SagaStepSnapshot step, ProbeOutcome outcome, DateTimeOffset now) => outcome switch
    {
        ProbeOutcome.Happened happened => Done(saga, step, happened.Result, now),
        ProbeOutcome.NotHappened => Retry(saga, step, step.Reason ?? "The attempt had no effect.", after: null, now),
        ProbeOutcome.Rejected rejected => Reject(saga, step, rejected.Reason),
        ProbeOutcome.Unreachable unreachable when step.Probes < StepOf(step.Name).MaxAttempts =>
            WaitFor(Set(saga, step with { Reason = Shorten(unreachable.Reason) }), step, step.Probes, after: null, now),
        ProbeOutcome.Unreachable unreachable => Park(saga, step, $"Its outcome is unknown, and the other side could not be asked: {unreachable.Reason}", now),
        ProbeOutcome.CannotTell cannotTell => Park(saga, step, $"Its outcome is unknown, and the other side can't tell: {cannotTell.Reason}", now),
        _ => throw new NotSupportedException($"Unknown outcome {outcome.GetType().Name}."),
    };

    public SagaSnapshot Apply(SagaSnapshot saga, SagaStepSnapshot step, CompensationOutcome outcome, DateTimeOffset now) => outcome switch
    {
        CompensationOutcome.Done => Set(saga, step with { Status = SagaStepStatus.Compensated }),
        CompensationOutcome.Retryable retryable when step.CompensationAttempts < StepOf(step.Name).MaxCompensationAttempts =>
            WaitFor(Set(saga, step with { Reason = Shorten(retryable.Reason) }), step, step.CompensationAttempts, retryable.After, now),
        CompensationOutcome.Retryable retryable => Park(saga, step, retryable.Reason, now),
        CompensationOutcome.Failed failed => Park(saga, step, failed.Reason, now),
        _ => throw new NotSupportedException($"Unknown outcome {outcome.GetType().Name}."),
    };

    /// <summary>Leaves the step to a person: it has run, and no store takes what came of it. That it had its effect is kept where it said so.</summary>
    public static SagaSnapshot ParkActive(SagaSnapshot saga, SagaStepSnapshot active, bool hasHappened, string reason, DateTimeOffset now) =>
        Park(saga, active with { HasHappened = hasHappened }, reason, now);

    /// <summary>Leaves the end to a person: all of the steps stand as they are, and what the definition adds could not be committed.</summary>
    public static SagaSnapshot ParkAtEnd(SagaSnapshot ended, string reason, DateTimeOffset now)
    {
        var last = ended.Steps.LastOrDefault(step => step.HasBegun) ?? ended.Steps[^1];
        var before = ended with { Status = ended.Status == SagaStatus.Completed ? SagaStatus.Running : SagaStatus.Compensating, EndedAt = null };
        return Park(before, last, reason, now) with { IsParkedAtEnd = true };
    }

    /// <summary>Leaves the step as it is and begins it again later.</summary>
    public SagaSnapshot Postpone(SagaSnapshot saga, string stepName, string reason, DateTimeOffset now)
    {
        var step = saga.Steps.First(step => step.Name == stepName);
        return WaitFor(Set(saga, step with { Reason = Shorten(reason) }), step, Math.Max(step.Attempts, step.CompensationAttempts), after: null, now);
    }

    public SagaSnapshot Resolve(SagaSnapshot saga, ParkedDecision decision, string note, JsonElement? result, DateTimeOffset now)
    {
        var step = saga.Steps.First(step => step.Name == saga.ParkedStep);
        var wasCompensating = saga.ParkedFrom == SagaStatus.Compensating;
        var going = saga with
        {
            Status = saga.ParkedFrom!.Value,
            Parking = null,
            ParkedStep = null,
            ParkedFrom = null,
            ParkedAt = null,
            IsParkedAtEnd = false,
            Decisions = saga.Decisions + 1,
            Reason = wasCompensating ? saga.Reason : null,

            // The person took their time: the saga gets its whole time again, or it would be undone at once.
            Deadline = now + definition.Timeout,
            WaitsUntil = now,
        };
        if (saga.IsParkedAtEnd)
        {
            return decision switch
            {
                ParkedDecision.Retry => going,
                ParkedDecision.Failed when !wasCompensating => going with { Status = SagaStatus.Compensating, Reason = Shorten(note) },
                _ => going with { EndsWithoutEffects = true },
            };
        }

        return decision switch
        {
            ParkedDecision.Retry => Set(going, step with
            {
                Status = wasCompensating ? step.Status : SagaStepStatus.Pending,
                HasHappened = false,
                Attempts = wasCompensating ? step.Attempts : 0,
                Probes = 0,
                CompensationAttempts = 0,
            }),
            ParkedDecision.Succeeded when wasCompensating => Set(going, step with { Status = SagaStepStatus.Compensated }),
            ParkedDecision.Succeeded => Set(going, step with { Status = SagaStepStatus.Done, Result = result?.Clone() ?? step.Result, Reason = null, HasHappened = false }),
            ParkedDecision.Failed when wasCompensating => Set(going, step with { Status = SagaStepStatus.NotCompensated, Reason = Shorten(note) }),
            ParkedDecision.Failed => Reject(going, step, note) with { WaitsUntil = now },
            _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, "Decide retry, succeeded or failed."),
        };
    }

    private SagaSnapshot BeginStep(SagaSnapshot saga, SagaStepSnapshot step, DateTimeOffset now)
    {
        var limit = StepOf(step.Name).MaxAttempts;
        if (step.Status == SagaStepStatus.Started && step.Attempts >= limit)
        {
            // So many instances died on it: ask what became of them rather than send another one.
            step = step with { Status = SagaStepStatus.Unknown, Probes = 0, Reason = step.Reason ?? $"{step.Attempts} attempts came to no answer." };
        }

        // Past the deadline no step is begun, so what was begun before is asked about.
        if (step.Status == SagaStepStatus.Started && (NextOf(step) is not NextAttempt.Runs || now >= saga.Deadline))
        {
            if (NextOf(step) is NextAttempt.Waits)
            {
                return Park(saga, step, step.Reason ?? "An attempt came to no answer, and it may not be made again.", now);
            }

            step = step with { Status = SagaStepStatus.Unknown, Probes = 0, Reason = step.Reason ?? "An attempt came to no answer." };
        }

        return step switch
        {
            { Status: SagaStepStatus.Unknown } when step.Probes >= limit => Park(saga, step, step.Reason ?? "Its outcome is unknown.", now),
            _ when step.Status == SagaStepStatus.Pending && !HasRoom(saga) =>
                Park(saga, step, $"It was not begun: the saga has no room for another result. Steps give ids, not contents; one saga takes {BodyCodec.MaxStoredSize / 1024} KiB with its input.", now),
            { Status: SagaStepStatus.Unknown } => Set(saga, step with { Probes = step.Probes + 1 }),
            _ => Set(saga, step with { Status = SagaStepStatus.Started, HasBegun = true, Attempts = step.Attempts + 1 }),
        };
    }

    private NextAttempt NextOf(SagaStepSnapshot step) => StepOf(step.Name).CrashPolicy.Next(canProbe: true);

    private static SagaSnapshot Done(SagaSnapshot saga, SagaStepSnapshot step, JsonElement? result, DateTimeOffset now)
    {
        try
        {
            // A copy of its own: the document may be disposed by now, or before this is written.
            return result?.GetRawText().Length > MaxResultLength
                ? ParkActive(saga, step, hasHappened: true, $"Its result has more than {MaxResultLength:N0} characters of JSON: a step gives ids, not contents.", now)
                : Set(saga, step with { Status = SagaStepStatus.Done, Result = result?.Clone(), Reason = null, HasHappened = false });
        }
        catch (InvalidOperationException exception)
        {
            return ParkActive(saga, step, hasHappened: true, $"Its result can't be read: {exception.Message}", now);
        }
    }

    // A result of three bytes a character, and a reason.
    private static bool HasRoom(SagaSnapshot saga) =>
        JsonSerializer.SerializeToUtf8Bytes(saga, SagaJsonContext.Default.SagaSnapshot).Length + (3 * MaxResultLength) + (6 * MaxReasonLength) <= BodyCodec.MaxStoredSize;

    private static SagaSnapshot Reject(SagaSnapshot saga, SagaStepSnapshot step, string reason) =>
        Set(saga, step with { Status = SagaStepStatus.Rejected, Reason = Shorten(reason) }) with { Status = SagaStatus.Compensating, Reason = Shorten(reason) };

    private SagaSnapshot Retry(SagaSnapshot saga, SagaStepSnapshot step, string reason, TimeSpan? after, DateTimeOffset now)
    {
        if (step.Attempts >= StepOf(step.Name).MaxAttempts)
        {
            return Reject(saga, step, $"Given up after {step.Attempts} attempts: {reason}");
        }

        var waiting = WaitFor(Set(saga, step with { Status = SagaStepStatus.Pending, Reason = Shorten(reason) }), step, step.Attempts, after, now);

        // The deadline of the whole wakes it too.
        return waiting.WaitsUntil > saga.Deadline ? waiting with { WaitsUntil = saga.Deadline } : waiting;
    }

    private SagaSnapshot WaitFor(SagaSnapshot saga, SagaStepSnapshot step, int attempts, TimeSpan? after, DateTimeOffset now)
    {
        var rules = StepOf(step.Name);
        var pause = Backoff.Pause(rules.FirstRetryDelay, attempts - 1, rules.MaxRetryDelay);
        return saga with { WaitsUntil = now + (after > pause ? after.Value : pause) };
    }

    private static SagaSnapshot Park(SagaSnapshot saga, SagaStepSnapshot step, string reason, DateTimeOffset now) => Set(saga, step with { Reason = Shorten(reason) }) with
    {
        Status = SagaStatus.Parked,
        ParkedFrom = saga.Status,
        ParkedStep = step.Name,
        ParkedAt = now,

        // A saga that was being undone keeps the reason why; the step keeps its own.
        Reason = saga.Reason ?? Shorten(reason),
    };

    private static SagaSnapshot Set(SagaSnapshot saga, SagaStepSnapshot changed) =>
        saga with { Steps = [.. saga.Steps.Select(step => step.Name == changed.Name ? changed : step)] };

    private static string Shorten(string reason) => StorableText.Shorten(reason, MaxReasonLength);
}
