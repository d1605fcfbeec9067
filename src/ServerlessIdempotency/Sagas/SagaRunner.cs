using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>
/// Advances sagas, one instance at a time each: it claims a saga by lease, owner and epoch, and every transition carries the version of the row that this
/// instance wrote last, so an instance that was taken over changes nothing.
/// </summary>
/// <remarks>
/// A step's end and the beginning of the next are one transaction, and the beginning is committed before the step is called: whatever was called is known to
/// have been. That transaction brings along the wake-up for the moment at which the lease ends, so a crash needs no search.
/// </remarks>
public sealed partial class SagaRunner
{
    // How often a transition is decided anew when business rows beside it change; then it waits like a step that may be tried again.
    private const int MaxCommitAttempts = 5;

    private readonly Dictionary<string, SagaDefinition> _definitions;
    private readonly SagaTransitions _transitions;
    private readonly ParkedSagas _parked;
    private readonly SagaOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<SagaRunner> _logger;
    private readonly bool _hasOutbox;

    /// <summary>Creates a runner. Apps get theirs by <c>services.AddIdempotency().AddSagas()</c>.</summary>
    /// <param name="writer">The store, through the writer that knows its own writes.</param>
    /// <param name="definitions">The sagas that it knows, each name once.</param>
    /// <param name="options">Queue, tables and margins.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="outbox">Takes the wake-ups along. Without it someone else has to call <see cref="AdvanceAsync(SagaAddress, CancellationToken)"/> again.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or two definitions or two steps share a name.</exception>
    public SagaRunner(RowWriter writer, IEnumerable<SagaDefinition> definitions, SagaOptions options, TimeProvider timeProvider, ILogger<SagaRunner> logger, IOutbox? outbox = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.Join(' ', options.Validate()) is { Length: > 0 } faults)
        {
            throw new ArgumentException(faults, nameof(options));
        }

        _definitions = definitions.ToDictionary(definition => definition.Name, StringComparer.Ordinal);
        foreach (var definition in _definitions.Values)
        {
            if (definition.Steps.Count == 0 || definition.Steps.DistinctBy(step => step.Name).Count() != definition.Steps.Count)
            {
                throw new ArgumentException($"The saga '{definition.Name}' needs at least one step, and each step a name of its own.", nameof(definitions));
            }
        }

        _transitions = new SagaTransitions(writer, outbox, options);
        _parked = new ParkedSagas(writer, this, options, timeProvider, outbox);
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _hasOutbox = outbox is not null;
    }

    /// <summary>The sagas that wait for a person.</summary>
    public ParkedSagas Parked => _parked;

    /// <summary>What begins a saga. The caller commits it together with its business rows; the saga runs from then on.</summary>
    /// <param name="address">Where it is to live: the partition of those rows.</param>
    /// <param name="definition">The name of its definition.</param>
    /// <param name="input">What it works on.</param>
    /// <param name="typeInfo">How that is written as JSON.</param>
    /// <param name="startedAt">When it began: the same on every attempt to commit it.</param>
    /// <param name="group">Among whose parked sagas it is listed, a tenant for example: 1 to 64 letters, digits, dots, hyphens and underscores. Default <c>all</c>.</param>
    public SagaStart Start<T>(SagaAddress address, string definition, T input, JsonTypeInfo<T> typeInfo, DateTimeOffset startedAt, string group = "all")
    {
        ArgumentNullException.ThrowIfNull(group);
        if (!GroupPattern().IsMatch(group))
        {
            throw new ArgumentException("A group has 1 to 64 letters, digits, dots, hyphens and underscores.", nameof(group));
        }

        var found = DefinitionOf(definition);
        var saga = new SagaSnapshot
        {
            Id = address.Id,
            Definition = definition,
            Group = group,
            Input = JsonSerializer.SerializeToElement(input, typeInfo),
            StartedAt = startedAt,
            Deadline = startedAt + found.Timeout,
            Steps = [.. found.Steps.Select(step => new SagaStepSnapshot(step.Name))],
        };
        var row = RowWrite.Insert(address.Row.RowKey, new SagaRow(saga, Owner: null, Epoch: 0, DateTimeOffset.UnixEpoch).ToValues());
        return _hasOutbox
            ? new SagaStart(saga, [row, OpenSagas.ToInsert(address)], [_transitions.WakeUp(address, saga.Transition, notBefore: null)])
            : new SagaStart(saga, [row], []);
    }

    /// <summary>Reads a saga.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    public async Task<SagaSnapshot?> FindAsync(SagaAddress address, CancellationToken cancellationToken) =>
        await _transitions.Store.ReadAsync(address.Row, cancellationToken) is { } row ? SagaRow.FromRow(row).Saga : null;

    /// <summary>Advances a saga until it waits or ends.</summary>
    /// <exception cref="StoreUnavailableException">The store stayed unreachable; call again, or let the wake-up that is committed do so.</exception>
    public Task<SagaAdvanceOutcome> AdvanceAsync(SagaAddress address, CancellationToken cancellationToken) => AdvanceAsync(address, wakeUp: null, cancellationToken);

    /// <summary>Advances the saga of a wake-up until it waits or ends. Complete the message only after this came back, and look at the outcome.</summary>
    /// <exception cref="StoreUnavailableException">The store stayed unreachable: let the message come again.</exception>
    public Task<SagaAdvanceOutcome> AdvanceAsync(SagaWakeUp wakeUp, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wakeUp);
        return AdvanceAsync(wakeUp.Address, wakeUp.Transition, cancellationToken);
    }

    /// <summary>Commits the wake-up of a saga again where it is overdue. What came of the first one is settled by its transition: it is an earlier one now.</summary>
    /// <returns>Whether it did; null where the saga has ended or there is none.</returns>
    internal async Task<bool?> WakeAgainAsync(SagaAddress address, CancellationToken cancellationToken)
    {
        if (await _transitions.Store.ReadAsync(address.Row, cancellationToken) is not { } row || SagaRow.FromRow(row) is not { Saga.HasEnded: false } current)
        {
            return null;
        }

        var saga = current.Saga;
        var dueAt = current.Owner is not null ? current.LeaseUntil + _options.ClockSkewMargin : saga.WaitsUntil ?? saga.StartedAt;
        if (saga.Status == SagaStatus.Parked || Now < dueAt + _options.WakeAgainAfter || await _transitions.IsUnsentAsync(address, saga.Transition, cancellationToken))
        {
            return false;
        }

        // It waits from now on, so the next sweep gives this wake-up its time.
        await _transitions.PrepareAsync(address, cancellationToken);
        var next = current with { Saga = saga with { WaitsUntil = Now, Transition = saga.Transition + 1 }, Owner = null, LeaseUntil = DateTimeOffset.UnixEpoch };
        return await _transitions.CommitAsync(address, next, row.ETag, SagaEffects.None, Now) is CommitOutcome.Written;
    }

    internal SagaDefinition DefinitionOf(string name) => _definitions.TryGetValue(name, out var definition)
        ? definition
        : throw new InvalidOperationException($"No saga '{name}' is registered: call AddSaga for it.");

    private async Task<SagaAdvanceOutcome> AdvanceAsync(SagaAddress address, long? wakeUp, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await _transitions.Store.ReadAsync(address.Row, cancellationToken) is not { } row)
            {
                return new SagaAdvanceOutcome.NotFound();
            }

            var current = SagaRow.FromRow(row);
            if (Rest(current, wakeUp) is { } rest)
            {
                return rest;
            }

            await _transitions.PrepareAsync(address, cancellationToken);
            var machine = new SagaMachine(DefinitionOf(current.Saga.Definition));
            var hold = new Hold(address, current with { Owner = Guid.NewGuid().ToString("N"), Epoch = current.Epoch + 1 }, row.ETag);

            // Refused: another instance was faster. What it does stands in the row.
            if (await CommitAsync(hold, machine, saga => machine.Begin(saga, Now), SagaEffects.None, cancellationToken))
            {
                return await RunAsync(hold, machine, cancellationToken);
            }
        }
    }

    /// <summary>Why nothing is to be done now; null where the saga may be claimed.</summary>
    private SagaAdvanceOutcome? Rest(SagaRow row, long? wakeUp)
    {
        var saga = row.Saga;
        var isLatestWakeUp = wakeUp >= saga.Transition;
        return saga switch
        {
            { HasEnded: true } => new SagaAdvanceOutcome.Ended(saga),
            { Status: SagaStatus.Parked } => new SagaAdvanceOutcome.Parked(saga),
            _ when row.Owner is not null && Now < row.LeaseUntil + _options.ClockSkewMargin => new SagaAdvanceOutcome.HeldElsewhere(row.LeaseUntil + _options.ClockSkewMargin, isLatestWakeUp),
            { WaitsUntil: { } until } when Now < until => new SagaAdvanceOutcome.Waiting(until, isLatestWakeUp),
            _ => null,
        };
    }

    private async Task<SagaAdvanceOutcome> RunAsync(Hold hold, SagaMachine machine, CancellationToken cancellationToken)
    {
        while (true)
        {
            var saga = hold.Row.Saga;
            if (SagaMachine.ActiveOf(saga) is not { } active)
            {
                return saga switch
                {
                    { HasEnded: true } => new SagaAdvanceOutcome.Ended(saga),
                    { Status: SagaStatus.Parked } => new SagaAdvanceOutcome.Parked(saga),
                    _ => new SagaAdvanceOutcome.Waiting(saga.WaitsUntil!.Value, IsLatestWakeUp: false),
                };
            }

            var (next, effects) = await CallAsync(hold.Address, saga, active, machine, cancellationToken);
            if (next.Status == SagaStatus.Parked)
            {
                // It does not count as done: what it brings along comes with the attempt that does.
                effects = SagaEffects.None;
            }

            if (!await CommitAsync(hold, machine, Continue, effects, cancellationToken))
            {
                // Taken over after the lease had lapsed: what was called carries the stable key, and nothing of it is recorded here.
                _logger.SagaLost(hold.Address.Row);
                return new SagaAdvanceOutcome.HeldElsewhere(Now, IsLatestWakeUp: false);
            }

            SagaSnapshot Continue(SagaSnapshot _) => next.Status is SagaStatus.Parked || next.WaitsUntil is not null ? next : machine.Begin(next, Now);
        }
    }

    private async Task<(SagaSnapshot Next, SagaEffects Effects)> CallAsync(SagaAddress address, SagaSnapshot saga, SagaStepSnapshot active, SagaMachine machine, CancellationToken cancellationToken)
    {
        var step = machine.StepOf(active.Name);
        var context = new SagaStepContext(address, saga, active.Name);
        switch (active.Status)
        {
            case SagaStepStatus.Started:
                var outcome = await WithinAsync<StepOutcome>(step, token => step.ExecuteAsync(context, token), fault => new StepOutcome.OutcomeUnknown(fault), cancellationToken);
                return (machine.Apply(saga, active, outcome, Now), (outcome as StepOutcome.Done)?.Effects ?? SagaEffects.None);
            case SagaStepStatus.Unknown:
                var probe = await WithinAsync<ProbeOutcome>(step, token => step.ProbeAsync(context, token), fault => new ProbeOutcome.Unreachable(fault), cancellationToken);
                return (machine.Apply(saga, active, probe, Now), (probe as ProbeOutcome.Happened)?.Effects ?? SagaEffects.None);
            default:
                var undone = await WithinAsync<CompensationOutcome>(step, token => step.CompensateAsync(context, token), fault => new CompensationOutcome.Retryable(fault), cancellationToken);
                return (machine.Apply(saga, active, undone, Now), (undone as CompensationOutcome.Done)?.Effects ?? SagaEffects.None);
        }
    }

    private async Task<T> WithinAsync<T>(SagaStep step, Func<CancellationToken, Task<T>> call, Func<string, T> fault, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(step.Timeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            // A step that ignores its token is left behind; its key makes it harmless.
            return await call(either.Token).WaitAsync(either.Token);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The process stops. The wake-up for the end of the lease is committed; another instance goes on then.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception) when (timeout.IsCancellationRequested)
        {
            return fault($"No answer within {step.Timeout}.");
        }
        catch (Exception exception)
        {
            _logger.SagaStepThrew(step.Name, exception);
            return fault($"{exception.GetType().Name}: {exception.Message}");
        }
    }

    /// <returns>False where the hold is lost.</returns>
    private async Task<bool> CommitAsync(Hold hold, SagaMachine machine, Func<SagaSnapshot, SagaSnapshot> change, SagaEffects effects, CancellationToken cancellationToken)
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
                await _parked.NoteAsync(hold.Address, next);
            }

            var (row, wakeUpAt) = Held(hold.Row, next, machine);
            var along = isGivenUp ? SagaEffects.None : await WithEndAsync(hold.Address, next, effects, cancellationToken);
            switch (await _transitions.CommitAsync(hold.Address, row, hold.Fence, along, wakeUpAt))
            {
                case CommitOutcome.Written written:
                    hold.Row = row;
                    hold.Fence = written.GuardETag!;
                    if (next.Status == SagaStatus.Parked)
                    {
                        _logger.SagaParked(hold.Address.Row, next.ParkedStep!, next.Steps.First(step => step.Name == next.ParkedStep).Reason ?? next.Reason ?? "");
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

        var leaseUntil = Now + machine.StepOf(active.Name).Timeout + _options.LeaseMargin;
        return (hold with { Saga = next, LeaseUntil = leaseUntil }, leaseUntil + _options.ClockSkewMargin);
    }

    private async Task<SagaEffects> WithEndAsync(SagaAddress address, SagaSnapshot next, SagaEffects effects, CancellationToken cancellationToken)
    {
        if (!next.HasEnded && next.Status != SagaStatus.Parked)
        {
            return effects;
        }

        var end = await DefinitionOf(next.Definition).DescribeEndAsync(address, next, cancellationToken);
        return new SagaEffects { Rows = [.. effects.Rows, .. end.Rows], Messages = [.. effects.Messages, .. end.Messages] };
    }

    private DateTimeOffset Now => _timeProvider.GetUtcNow();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex GroupPattern();

    private sealed class Hold(SagaAddress address, SagaRow row, string fence)
    {
        public SagaAddress Address { get; } = address;

        public SagaRow Row { get; set; } = row;

        public string Fence { get; set; } = fence;
    }
}
