using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>The sagas that wait for a person, found without a scan, and the decisions about them.</summary>
public sealed class ParkedSagas
{
    // How often a decision is made again when rows beside the saga change.
    private const int MaxRefusals = 5;

    private readonly SagaDefinitions _definitions;
    private readonly ParkedSagaIndex _index;
    private readonly SagaTransitions _transitions;
    private readonly SagaOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<ParkedSagas> _logger;

    internal ParkedSagas(SagaDefinitions definitions, SagaTransitions transitions, ParkedSagaIndex index, SagaOptions options, TimeProvider timeProvider, ILogger<ParkedSagas> logger)
    {
        _definitions = definitions;
        _transitions = transitions;
        _index = index;
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
    }

    /// <summary>Lists the parked sagas of a group.</summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    public async IAsyncEnumerable<ParkedSaga> ListAsync(string group, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var name in _index.ListAsync(group, cancellationToken))
        {
            SagaAddress address;
            long parking;
            SagaSnapshot? saga;
            try
            {
                (address, parking) = ParkedSagaIndex.Read(name);
                saga = await _transitions.FindAsync(address, cancellationToken);
            }
            catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
            {
                // One that can't be read hides no other.
                _logger.SagaUnreadable(name.Address, exception);
                continue;
            }

            if (saga is { Status: SagaStatus.Parked } && saga.Parking == parking)
            {
                yield return new ParkedSaga(address, parking, saga);
            }
            else if (saga is null || saga.Transition >= parking)
            {
                await _index.RemoveAsync(name, cancellationToken);
            }
        }
    }

    /// <summary>Decides about a parked saga. The same decision may be sent again; the first one stands.</summary>
    /// <param name="address">The saga.</param>
    /// <param name="parking">Which parking is meant, so that a decision about an earlier one never hits a later one.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="note">Why, 1 to 4,000 characters; it is kept.</param>
    /// <param name="by">Who decides; it is kept.</param>
    /// <param name="cancellationToken">Stops waiting; the decision may have been made.</param>
    /// <exception cref="StoreUnavailableException">The store stayed unreachable; decide again, the same way.</exception>
    public async Task<ResolveOutcome> ResolveAsync(SagaAddress address, long parking, ParkedDecision decision, string note, string by, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(note);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(note.Length, 4_000, nameof(note));
        ArgumentNullException.ThrowIfNull(by);
        if (!Enum.IsDefined(decision))
        {
            throw new ArgumentOutOfRangeException(nameof(decision), decision, "Decide retry, succeeded or failed.");
        }

        var refusals = 0;
        while (true)
        {
            if (await _transitions.Decisions.FindAsync(address, parking, cancellationToken) is { } existing)
            {
                return existing.Decision == decision ? new ResolveOutcome.Resolved(existing) : new ResolveOutcome.DecidedOtherwise(existing);
            }

            if (await _transitions.Store.ReadAsync(address.Row, cancellationToken) is not { } row)
            {
                return new ResolveOutcome.NotFound();
            }

            var current = SagaRow.FromRow(row);
            var saga = current.Saga;
            if (saga.Status != SagaStatus.Parked || saga.Parking != parking)
            {
                // Resolved between the two reads: then its audit row is there by now. Else it never was parked so.
                if (await _transitions.Decisions.FindAsync(address, parking, cancellationToken) is null)
                {
                    return new ResolveOutcome.NotFound();
                }

                continue;
            }

            if (_definitions.WhyUnknown(saga) is { } why)
            {
                throw new InvalidOperationException($"Decide about the saga {address} where it is known; nothing was changed. {why}");
            }

            var now = _timeProvider.GetUtcNow();
            var parkedStep = saga.Steps.First(step => step.Name == saga.ParkedStep);
            var resolution = new ParkedResolution(parking, decision, note, by, now, parkedStep.Name, parkedStep.Reason ?? saga.Reason ?? "");
            var machine = new SagaMachine(_definitions[saga.Definition]);
            var (result, effects) = await DescribeAsync(address, saga, machine, decision, cancellationToken);
            var next = machine.Resolve(saga, decision, note, result, now) with { Transition = saga.Transition + 1 };
            await _transitions.PrepareAsync(address, cancellationToken);
            RowWrite[] own = [SagaDecisions.ToInsert(address, resolution), .. _transitions.SendsMessages ? [OpenSagas.ToInsert(address, now + _options.WakeAgainAfter, next.Transition, app: _options.AppName)] : Array.Empty<RowWrite>()];
            var outcome = await _transitions.CommitAsync(address, current with { Saga = next }, row.ETag, effects, now, own);
            if (outcome is CommitOutcome.Written)
            {
                return new ResolveOutcome.Resolved(resolution);
            }

            if (outcome is CommitOutcome.Refused { Index: > 0 } && ++refusals > MaxRefusals)
            {
                throw new InvalidOperationException($"What {parkedStep.Name} adds to the decision stands in the way of other rows of {address.Partition}; nothing was changed.");
            }
        }
    }

    /// <summary>What the step itself would have given, where a person says that it succeeded.</summary>
    private static async Task<(System.Text.Json.JsonElement? Result, SagaEffects Effects)> DescribeAsync(SagaAddress address, SagaSnapshot saga, SagaMachine machine, ParkedDecision decision, CancellationToken cancellationToken)
    {
        if (decision != ParkedDecision.Succeeded || saga.IsParkedAtEnd)
        {
            return (null, SagaEffects.None);
        }

        var context = new SagaStepContext(address, saga, saga.ParkedStep!);
        var step = machine.StepOf(saga.ParkedStep!);
        if (saga.ParkedFrom == SagaStatus.Compensating)
        {
            return (null, (await step.DescribeCompensatedAsync(context, cancellationToken)).Effects);
        }

        var done = await step.DescribeDoneAsync(context, cancellationToken);
        return (done.Result, done.Effects);
    }

    /// <summary>The decisions made about a saga, oldest first.</summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    public IAsyncEnumerable<ParkedResolution> ListResolutionsAsync(SagaAddress address, CancellationToken cancellationToken) => _transitions.Decisions.ListAsync(address, cancellationToken);
}
