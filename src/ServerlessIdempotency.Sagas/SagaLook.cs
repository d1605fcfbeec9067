using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Telemetry;

namespace ServerlessIdempotency.Sagas;

/// <summary>Looks at one saga that is due: whether it has ended, is to be woken again, or is to be looked at later.</summary>
internal sealed class SagaLook(SagaDefinitions definitions, SagaTransitions transitions, ParkedSagaIndex parked, SagaOptions options, TimeProvider timeProvider, ILogger logger, IdempotencyMetrics? metrics)
{
    // The pauses double up to this: with all consumers away a saga is woken four times a day.
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(6);

    /// <summary>What came of the look, and the row of the next one; null where none follows.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<(SagaSweepResult Result, RowWrite? Next)> AtAsync(OpenSaga open, CancellationToken cancellationToken)
    {
        var address = open.Saga;
        if (await transitions.Store.ReadAsync(address.Row, cancellationToken) is not { } row)
        {
            return (new SagaSweepResult { Ended = 1 }, null);
        }

        SagaRow current;
        try
        {
            current = SagaRow.FromRow(row);
        }
        catch (InvalidDataException exception)
        {
            // One that can't be read must not keep its neighbours waiting.
            logger.SagaUnreadable(address.Row, exception);
            metrics?.SagaUnreadable();
            return (new SagaSweepResult { Open = 1, Unreadable = 1 }, Pass(open, open.Transition));
        }

        var saga = current.Saga;
        if (saga.HasEnded)
        {
            await transitions.Decisions.LetExpireAsync(address, saga, cancellationToken);
            return (new SagaSweepResult { Ended = 1 }, null);
        }

        if (definitions.WhyUnknown(saga) is { } why)
        {
            logger.SagaNotKnown(address.Row, why);
            metrics?.SagaNotKnown(saga.Definition);
            return (new SagaSweepResult { Open = 1, Unknown = 1 }, Pass(open, saga.Transition));
        }

        if (saga.Status == SagaStatus.Parked)
        {
            return (new SagaSweepResult { Open = 1 }, await TryListAsync(open, saga) ? null : InVain(open, saga.Transition));
        }

        var now = timeProvider.GetUtcNow();
        var overdueFrom = (current.Owner is not null ? current.LeaseUntil + options.ClockSkewMargin : saga.WaitsUntil ?? saga.StartedAt) + options.WakeAgainAfter;
        if (now < overdueFrom)
        {
            return (new SagaSweepResult { Open = 1 }, ToInsert(open, overdueFrom, saga.Transition));
        }

        if (await transitions.IsUnsentAsync(address, saga.Transition, cancellationToken))
        {
            return (new SagaSweepResult { Open = 1 }, ToInsert(open, now + options.WakeAgainAfter, saga.Transition, open.Looks));
        }

        return await WakeAgainAsync(open, current, row.ETag, cancellationToken);
    }

    /// <summary>Commits the wake-up again. What came of the first one is settled by its transition: it is an earlier one now.</summary>
    private async Task<(SagaSweepResult Result, RowWrite? Next)> WakeAgainAsync(OpenSaga open, SagaRow current, string fence, CancellationToken cancellationToken)
    {
        // It waits from now on, so the next look gives this wake-up its time.
        await transitions.PrepareAsync(open.Saga, cancellationToken);
        var now = timeProvider.GetUtcNow();
        var next = current with { Saga = current.Saga with { WaitsUntil = now, Transition = current.Saga.Transition + 1 }, Owner = null, LeaseUntil = DateTimeOffset.UnixEpoch };
        if (await transitions.CommitAsync(open.Saga, next, fence, SagaEffects.None, now) is not CommitOutcome.Written)
        {
            // Somebody is at it.
            return (new SagaSweepResult { Open = 1 }, ToInsert(open, now + options.WakeAgainAfter, current.Saga.Transition));
        }

        logger.SagaWokenAgain(open.Saga.Row);
        metrics?.SagaWokenAgain(current.Saga.Definition);
        var isSecond = open.Looks > 0 && open.Transition == current.Saga.Transition;
        return (new SagaSweepResult { Open = 1, Woken = 1 }, InVain(isSecond ? open : open with { Looks = 0 }, next.Saga.Transition));
    }

    private async Task<bool> TryListAsync(OpenSaga open, SagaSnapshot saga)
    {
        try
        {
            await parked.NoteAsync(open.Saga, saga);
            return true;
        }
        catch (Exception exception)
        {
            logger.SagaNotListed(open.Saga.Row, exception);
            return false;
        }
    }

    // For whoever can read it or knows its definition: the pause does not grow by the looks of those who don't.
    private RowWrite Pass(OpenSaga open, long transition) => ToInsert(open, timeProvider.GetUtcNow() + options.WakeAgainAfter, transition, open.Looks);

    private RowWrite InVain(OpenSaga open, long transition)
    {
        var longest = options.WakeAgainAfter > LongestPause ? options.WakeAgainAfter : LongestPause;
        var pause = Backoff.Pause(options.WakeAgainAfter, open.Looks, longest);
        return ToInsert(open, timeProvider.GetUtcNow() + pause, transition, open.Looks + 1);
    }

    private static RowWrite ToInsert(OpenSaga open, DateTimeOffset look, long transition, int looks = 0) => OpenSagas.ToInsert(open.Saga, look, transition, looks, open.App);
}
