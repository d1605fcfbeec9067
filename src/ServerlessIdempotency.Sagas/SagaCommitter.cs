using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Telemetry;

namespace ServerlessIdempotency.Sagas;

/// <summary>Commits the transitions of a saga that this instance holds.</summary>
internal sealed class SagaCommitter(SagaTransitions transitions, SagaEnds ends, ParkedSagaIndex parked, SagaOptions options, TimeProvider timeProvider, ILogger logger, IdempotencyMetrics? metrics)
{
    // How often the rows of an end are decided again when rows beside it change; then they are at fault.
    private const int MaxCommitAttempts = 5;

    private DateTimeOffset Now => timeProvider.GetUtcNow();

    /// <summary>
    /// Commits what the saga changes to, with what goes along. Where rows stand in the way of a step's own, the saga waits like after a step that may be tried again. Where
    /// the end's own are at fault, what the step did is committed all the same, and a saga that would end is parked.
    /// </summary>
    /// <returns>False where the hold is lost.</returns>
    /// <exception cref="ArgumentException">No store takes what the step gave.</exception>
    public async Task<bool> CommitAsync(SagaHold hold, SagaMachine machine, Func<SagaSnapshot, SagaSnapshot> change, SagaEffects effects, CancellationToken cancellationToken)
    {
        var before = hold.Row.Saga;
        string? fault = null;
        for (var attempt = 1; ; attempt++)
        {
            var next = Numbered(change(before), before);
            var end = SagaEffects.None;
            if (fault is null)
            {
                (end, fault) = await ends.DescribeAsync(hold.Address, next, cancellationToken);
            }

            if (fault is not null)
            {
                next = WithoutEnd(next, fault);
            }

            CommitOutcome outcome;
            try
            {
                outcome = await WriteAsync(hold, machine, next, effects, end);
            }
            catch (Exception exception) when (end != SagaEffects.None && exception is not (StoreUnavailableException or OperationCanceledException))
            {
                // The step's own effects may be at fault too; then they are refused alone.
                fault = ends.Tell(hold.Address, next, exception.Message, exception);
                continue;
            }

            switch (outcome)
            {
                case CommitOutcome.Written:
                    return true;
                case CommitOutcome.Refused { Index: 0 }:
                    return false;
                case CommitOutcome.Refused refused when end == SagaEffects.None || refused.Index <= effects.Rows.Count:
                    return await PostponeAsync(hold, machine, before);
                case CommitOutcome.Refused refused when attempt >= MaxCommitAttempts:
                    fault = ends.Tell(hold.Address, next, $"A row of its end is refused ({refused.Reason}).", exception: null);
                    break;
            }
        }
    }

    /// <summary>The step read rows that have changed since: it decides again, as an attempt like any other.</summary>
    private async Task<bool> PostponeAsync(SagaHold hold, SagaMachine machine, SagaSnapshot before)
    {
        var step = SagaMachine.ActiveOf(before) ?? before.Steps.LastOrDefault(step => step.HasBegun) ?? before.Steps[0];
        var waiting = Numbered(machine.Postpone(before, step.Name, "Rows beside the saga kept changing.", Now), before);
        return await WriteAsync(hold, machine, waiting, SagaEffects.None, SagaEffects.None) switch
        {
            CommitOutcome.Written => true,
            CommitOutcome.Refused { Index: 0 } => false,
            var refused => throw new InvalidOperationException($"The wake-up of {hold.Address} could not be committed ({refused})."),
        };
    }

    private static SagaSnapshot Numbered(SagaSnapshot next, SagaSnapshot before)
    {
        var transition = before.Transition + 1;
        return next with { Transition = transition, Parking = next.Status == SagaStatus.Parked ? transition : null };
    }

    private SagaSnapshot WithoutEnd(SagaSnapshot next, string fault)
    {
        if (!next.HasEnded || next.EndsWithoutEffects)
        {
            return next;
        }

        return SagaMachine.ParkAtEnd(next, $"Its end could not be committed: {fault}", Now) with { Parking = next.Transition };
    }

    private async Task<CommitOutcome> WriteAsync(SagaHold hold, SagaMachine machine, SagaSnapshot next, SagaEffects effects, SagaEffects end)
    {
        if (next.Status == SagaStatus.Parked)
        {
            // First where it is found, then the state: a parked saga that no one finds would be a silent drop.
            await ListAsync(hold.Address, next);
        }

        var (row, wakeUpAt) = Held(hold.Row, next, machine);
        var along = new SagaEffects { Rows = [.. effects.Rows, .. end.Rows], Messages = [.. effects.Messages, .. end.Messages] };
        var outcome = await transitions.CommitAsync(hold.Address, row, hold.Fence, along, wakeUpAt);
        if (outcome is CommitOutcome.Written written)
        {
            hold.Written(row, written.GuardETag!);
            if (next.Status == SagaStatus.Parked)
            {
                logger.SagaParked(hold.Address.Row, next.ParkedStep!, next.Steps.First(step => step.Name == next.ParkedStep).Reason ?? next.Reason ?? "");
                metrics?.SagaParked(next.Definition);
            }
        }

        return outcome;
    }

    private async Task ListAsync(SagaAddress address, SagaSnapshot next)
    {
        try
        {
            await parked.NoteAsync(address, next);
        }
        catch (Exception exception) when (transitions.SendsMessages)
        {
            // What is known of the step matters more: the sweeper finds the saga among those that have not ended, and lists it.
            logger.SagaNotListed(address.Row, exception);
        }
    }

    private (SagaRow Row, DateTimeOffset? WakeUpAt) Held(SagaRow hold, SagaSnapshot next, SagaMachine machine)
    {
        if (SagaMachine.ActiveOf(next) is not { } active)
        {
            return (hold with { Saga = next, Owner = null, LeaseUntil = DateTimeOffset.UnixEpoch }, next.WaitsUntil);
        }

        var leaseUntil = Now + machine.StepOf(active.Name).Timeout + options.LeaseMargin;
        return (hold with { Saga = next, LeaseUntil = leaseUntil }, leaseUntil + options.ClockSkewMargin);
    }
}
