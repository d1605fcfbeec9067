using System.Globalization;
using System.Runtime.CompilerServices;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>The sagas that wait for a person, found without a scan, and the decisions about them.</summary>
public sealed class ParkedSagas
{
    private readonly SagaDefinitions _definitions;
    private readonly ParkedSagaIndex _index;
    private readonly SagaTransitions _transitions;
    private readonly TimeProvider _timeProvider;

    internal ParkedSagas(SagaDefinitions definitions, SagaTransitions transitions, ParkedSagaIndex index, TimeProvider timeProvider)
    {
        _definitions = definitions;
        _transitions = transitions;
        _index = index;
        _timeProvider = timeProvider;
    }

    /// <summary>Lists the parked sagas of a group.</summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    public async IAsyncEnumerable<ParkedSaga> ListAsync(string group, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var name in _index.ListAsync(group, cancellationToken))
        {
            var (address, parking) = ParkedSagaIndex.Read(name);
            var saga = await _transitions.FindAsync(address, cancellationToken);
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

        while (true)
        {
            if (await FindResolutionAsync(address, parking, cancellationToken) is { } existing)
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
                if (await FindResolutionAsync(address, parking, cancellationToken) is null)
                {
                    return new ResolveOutcome.NotFound();
                }

                continue;
            }

            var now = _timeProvider.GetUtcNow();
            var parkedStep = saga.Steps.First(step => step.Name == saga.ParkedStep);
            var resolution = new ParkedResolution(parking, decision, note, by, now, parkedStep.Name, parkedStep.Reason ?? saga.Reason ?? "");
            var next = new SagaMachine(_definitions[saga.Definition]).Resolve(saga, decision, note, now) with { Transition = saga.Transition + 1 };
            await _transitions.PrepareAsync(address, cancellationToken);
            var outcome = await _transitions.CommitAsync(address, current with { Saga = next }, row.ETag, SagaEffects.None, now, RowWrite.Insert(AuditKey(address, parking), ToValues(resolution)));
            if (outcome is CommitOutcome.Written)
            {
                return new ResolveOutcome.Resolved(resolution);
            }
        }
    }

    /// <summary>The decisions made about a saga, oldest first.</summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    public async IAsyncEnumerable<ParkedResolution> ListResolutionsAsync(SagaAddress address, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in _transitions.Store.QueryAsync(new RowQuery(address.Partition, AuditPrefix(address)), cancellationToken))
        {
            yield return ToResolution(row);
        }
    }

    private async Task<ParkedResolution?> FindResolutionAsync(SagaAddress address, long parking, CancellationToken cancellationToken) =>
        await _transitions.Store.ReadAsync(address.Partition.Row(AuditKey(address, parking)), cancellationToken) is { } row ? ToResolution(row) : null;

    private static string AuditPrefix(SagaAddress address) => $"{RowKeyPrefixes.SagaAudit}{address.Id}|";

    private static string AuditKey(SagaAddress address, long parking) => AuditPrefix(address) + parking.ToString("D12", CultureInfo.InvariantCulture);

    private static Dictionary<string, object> ToValues(ParkedResolution resolution) => new()
    {
        ["Parking"] = resolution.Parking,
        ["Decision"] = resolution.Decision.ToString(),
        ["Note"] = resolution.Note,
        ["By"] = resolution.By,
        ["At"] = resolution.At,
        ["Step"] = resolution.Step,
        ["Reason"] = resolution.Reason,
    };

    private static ParkedResolution ToResolution(Row row) => new(
        row.GetInt64("Parking")!.Value,
        Enum.Parse<ParkedDecision>(row.GetString("Decision")!),
        row.GetString("Note")!,
        row.GetString("By")!,
        row.GetDateTimeOffset("At")!.Value,
        row.GetString("Step")!,
        row.GetString("Reason")!);
}
