using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Telemetry;

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
    private readonly SagaDefinitions _definitions;
    private readonly SagaTransitions _transitions;
    private readonly SagaCommitter _committer;
    private readonly SagaStepCaller _steps;
    private readonly SagaOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<SagaRunner> _logger;
    private readonly IdempotencyMetrics? _metrics;

    internal SagaRunner(SagaDefinitions definitions, SagaTransitions transitions, ParkedSagaIndex parked, SagaOptions options, TimeProvider timeProvider, ILogger<SagaRunner> logger, IdempotencyMetrics? metrics = null)
    {
        _definitions = definitions;
        _transitions = transitions;
        _committer = new SagaCommitter(transitions, new SagaEnds(definitions, logger, metrics), parked, options, timeProvider, logger, metrics);
        _steps = new SagaStepCaller(timeProvider, logger, metrics);
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _metrics = metrics;
    }

    /// <summary>What begins a saga. The caller commits it together with its business rows; the saga runs from then on.</summary>
    /// <param name="address">Where it is to live: the partition of those rows.</param>
    /// <param name="definition">The name of its definition.</param>
    /// <param name="input">What it works on.</param>
    /// <param name="typeInfo">How that is written as JSON.</param>
    /// <param name="group">Among whose parked sagas it is listed, a tenant for example: 1 to 64 letters, digits, dots, hyphens and underscores. Default <c>all</c>.</param>
    public SagaStart Start<T>(SagaAddress address, string definition, T input, JsonTypeInfo<T> typeInfo, string group = "all")
    {
        ArgumentNullException.ThrowIfNull(group);
        if (!GroupPattern().IsMatch(group))
        {
            throw new ArgumentException("A group has 1 to 64 letters, digits, dots, hyphens and underscores.", nameof(group));
        }

        var found = _definitions[definition];

        // Not the operation's own start, which survives takeovers: a late retry would begin a saga that is out of time.
        var startedAt = Now;
        var saga = new SagaSnapshot
        {
            Id = address.Id,
            Definition = definition,
            Version = found.Version,
            Group = group,
            Input = JsonSerializer.SerializeToElement(input, typeInfo),
            StartedAt = startedAt,
            Deadline = startedAt + found.Timeout,
            Steps = [.. found.Steps.Select(step => new SagaStepSnapshot(step.Name))],
        };
        var row = RowWrite.Insert(address.Row.RowKey, new SagaRow(saga, Owner: null, Epoch: 0, DateTimeOffset.UnixEpoch).ToValues());
        return _transitions.SendsMessages
            ? new SagaStart(saga, [row, OpenSagas.ToInsert(address, startedAt + _options.WakeAgainAfter, saga.Transition, app: _options.AppName)], [_transitions.WakeUp(address, saga.Transition, notBefore: null)])
            : new SagaStart(saga, [row], []);
    }

    /// <summary>Reads a saga.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    public Task<SagaSnapshot?> FindAsync(SagaAddress address, CancellationToken cancellationToken) => _transitions.FindAsync(address, cancellationToken);

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

    private async Task<SagaAdvanceOutcome> AdvanceAsync(SagaAddress address, long? wakeUp, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await _transitions.Store.ReadAsync(address.Row, cancellationToken) is not { } row)
            {
                return new SagaAdvanceOutcome.NotFound();
            }

            if (Read(row, out var why) is not { } current)
            {
                _logger.SagaNotKnown(address.Row, why!);
                return new SagaAdvanceOutcome.NotKnown(why!);
            }

            if (Rest(current, wakeUp) is { } rest)
            {
                return rest;
            }

            await _transitions.PrepareAsync(address, cancellationToken);
            var machine = new SagaMachine(_definitions[current.Saga.Definition]);
            var hold = new SagaHold(address, current with { Owner = Guid.NewGuid().ToString("N"), Epoch = current.Epoch + 1 }, row.ETag);

            // Refused: another instance was faster. What it does stands in the row.
            if (await _committer.CommitAsync(hold, machine, saga => machine.Begin(saga, Now), SagaEffects.None, cancellationToken))
            {
                return await RunAsync(hold, machine, cancellationToken);
            }
        }
    }

    /// <summary>The saga, where this process knows it.</summary>
    private SagaRow? Read(Row row, out string? why)
    {
        try
        {
            var current = SagaRow.FromRow(row);
            why = current.Saga.HasEnded ? null : _definitions.WhyUnknown(current.Saga);
            if (why is null)
            {
                return current;
            }

            _metrics?.SagaNotKnown(current.Saga.Definition);
            return null;
        }
        catch (InvalidDataException exception)
        {
            _metrics?.SagaUnreadable();
            why = exception.Message;
            return null;
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

    private async Task<SagaAdvanceOutcome> RunAsync(SagaHold hold, SagaMachine machine, CancellationToken cancellationToken)
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

            var (next, effects, hasHappened) = await _steps.CallAsync(hold.Address, saga, active, machine, cancellationToken);
            if (next.Status == SagaStatus.Parked)
            {
                // It does not count as done: what it brings along comes with the attempt that does.
                effects = SagaEffects.None;
            }

            if (!await CommitAsync())
            {
                // Taken over after the lease had lapsed: what was called carries the stable key, and nothing of it is recorded here.
                _logger.SagaLost(hold.Address.Row);
                return new SagaAdvanceOutcome.HeldElsewhere(Now, IsLatestWakeUp: false);
            }

            async Task<bool> CommitAsync()
            {
                try
                {
                    return await _committer.CommitAsync(hold, machine, Continue, effects, cancellationToken);
                }
                catch (Exception exception) when (exception is not (StoreUnavailableException or OperationCanceledException))
                {
                    // More rows than a transaction takes, a row that is too large or of no type that is stored: the step has run, and no other attempt would change that (law 14).
                    _metrics?.SagaFault(saga.Definition, "effects");
                    var reason = $"What it did can't be stored: {exception.Message}";
                    return await _committer.CommitAsync(hold, machine, saga => SagaMachine.ParkActive(saga, active, hasHappened, reason, Now), SagaEffects.None, cancellationToken);
                }
            }

            SagaSnapshot Continue(SagaSnapshot _) => next.Status is SagaStatus.Parked || next.WaitsUntil is not null ? next : machine.Begin(next, Now);
        }
    }

    private DateTimeOffset Now => _timeProvider.GetUtcNow();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex GroupPattern();
}
