using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>Commits the transitions of a saga that this instance holds.</summary>
internal sealed class SagaCommitter(SagaTransitions transitions, SagaDefinitions definitions, ParkedSagaIndex parked, SagaOptions options, TimeProvider timeProvider, ILogger logger)
{
    // How often a transition is decided again when business rows beside it change; then it waits like a step that may be tried again.
    private const int MaxCommitAttempts = 5;

    private DateTimeOffset Now => timeProvider.GetUtcNow();

    /// <summary>Commits what the saga changes to, with what goes along. Where rows beside it keep changing, the saga waits like after a step that may be tried again.</summary>
    /// <returns>False where the hold is lost.</returns>
    public async Task<bool> CommitAsync(SagaHold hold, SagaMachine machine, Func<SagaSnapshot, SagaSnapshot> change, SagaEffects effects, CancellationToken cancellationToken)
    {
        var before = hold.Row.Saga;
        for (var attempt = 1; ; attempt++)
        {
            var isGivenUp = attempt > MaxCommitAttempts;
            var next = isGivenUp ? machine.Postpone(before, RowsOf(before), "Rows beside the saga kept changing.", Now) : change(before);
            next = next with { Transition = before.Transition + 1 };
            if (next.Status == SagaStatus.Parked)
            {
                next = next with { Parking = next.Transition };

                // First where it is found, then the state: a parked saga that no one finds would be a silent drop.
                await parked.NoteAsync(hold.Address, next);
            }

            var (row, wakeUpAt) = Held(hold.Row, next, machine);
            var along = isGivenUp ? SagaEffects.None : await WithEndAsync(hold.Address, next, effects, cancellationToken);
            switch (await transitions.CommitAsync(hold.Address, row, hold.Fence, along, wakeUpAt))
            {
                case CommitOutcome.Written written:
                    hold.Written(row, written.GuardETag!);
                    if (next.Status == SagaStatus.Parked)
                    {
                        logger.SagaParked(hold.Address.Row, next.ParkedStep!, next.Steps.First(step => step.Name == next.ParkedStep).Reason ?? next.Reason ?? "");
                    }

                    return true;
                case CommitOutcome.Refused { Index: 0 }:
                    return false;
                case CommitOutcome.Refused refused when isGivenUp:
                    throw new InvalidOperationException($"The wake-up of {hold.Address} could not be committed ({refused.Reason}).");
                case CommitOutcome.Refused when effects != SagaEffects.None:
                    // The step read rows that have changed since: it decides again, as an attempt like any other.
                    attempt = MaxCommitAttempts;
                    break;
            }
        }
    }

    // The step whose effects, or the end whose rows, were refused.
    private static string RowsOf(SagaSnapshot saga) => (SagaMachine.ActiveOf(saga) ?? saga.Steps.LastOrDefault(step => step.HasBegun) ?? saga.Steps[0]).Name;

    private (SagaRow Row, DateTimeOffset? WakeUpAt) Held(SagaRow hold, SagaSnapshot next, SagaMachine machine)
    {
        if (SagaMachine.ActiveOf(next) is not { } active)
        {
            return (hold with { Saga = next, Owner = null, LeaseUntil = DateTimeOffset.UnixEpoch }, next.WaitsUntil);
        }

        var leaseUntil = Now + machine.StepOf(active.Name).Timeout + options.LeaseMargin;
        return (hold with { Saga = next, LeaseUntil = leaseUntil }, leaseUntil + options.ClockSkewMargin);
    }

    private async Task<SagaEffects> WithEndAsync(SagaAddress address, SagaSnapshot next, SagaEffects effects, CancellationToken cancellationToken)
    {
        if (!next.HasEnded && next.Status != SagaStatus.Parked)
        {
            return effects;
        }

        var end = await definitions[next.Definition].DescribeEndAsync(address, next, cancellationToken);
        return new SagaEffects { Rows = [.. effects.Rows, .. end.Rows], Messages = [.. effects.Messages, .. end.Messages] };
    }
}
