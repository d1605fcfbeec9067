using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ServerlessIdempotency.Telemetry;

/// <summary>
/// Counts what ends in something that a person has to see, so that an alert needs no text of a log. docs/metrics.md lists the instruments. Names follow OpenTelemetry's rules
/// (https://opentelemetry.io/docs/specs/semconv/general/naming).
/// </summary>
internal sealed class IdempotencyMetrics : IDisposable
{
    /// <summary>The meter's name, for <c>AddMeter</c>.</summary>
    public const string MeterName = "ServerlessIdempotency";

    // A reason may be any text, and each is a series of its own.
    private const int MaxReasons = 50;
    private const string OtherReason = "_OTHER";

    private readonly ConcurrentDictionary<string, bool> _reasons = new(StringComparer.Ordinal);
    private readonly Meter _meter;
    private readonly Counter<long> _unknownOutcomes;
    private readonly Counter<long> _parkedMessages;
    private readonly Gauge<long> _overdueMessages;
    private readonly Counter<long> _deadLetters;
    private readonly Counter<long> _parkedSagas;
    private readonly Counter<long> _sagaFaults;
    private readonly Counter<long> _unknownSagas;
    private readonly Counter<long> _unreadableSagas;
    private readonly Counter<long> _wokenSagas;

    /// <param name="factory">Makes the meter of the app's host, so that two hosts in one process are told apart; null for one of its own.</param>
    public IdempotencyMetrics(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _unknownOutcomes = Counter("outcomes.unknown", "{operation}", "Operations that ended without an answer and are not run again until that is resolved.");
        _parkedMessages = Counter("messages.parked", "{message}", "Committed messages that were given up.");
        _overdueMessages = _meter.CreateGauge<long>("serverless_idempotency.messages.overdue", "{message}", "Committed messages that are not sent after a minute, as the last sweep saw it.");
        _deadLetters = Counter("messages.dead_lettered", "{message}", "Received messages that were sent to the dead-letter queue.");
        _parkedSagas = Counter("sagas.parked", "{saga}", "Sagas that wait for a person.");
        _sagaFaults = Counter("sagas.faults", "{fault}", "Calls to a definition that threw, or gave what can't be stored.");
        _unknownSagas = Counter("sagas.not_known", "{meeting}", "Meetings with a saga that this process leaves alone, since it does not know its definition, version or step.");
        _unreadableSagas = Counter("sagas.unreadable", "{meeting}", "Meetings with a saga, or a row that names one, that can't be read.");
        _wokenSagas = Counter("sagas.woken_again", "{saga}", "Sagas whose wake-up was lost and was committed again.");

        Counter<long> Counter(string name, string unit, string description) => _meter.CreateCounter<long>($"serverless_idempotency.{name}", unit, description);
    }

    public void UnknownOutcome(string crashPolicy) => _unknownOutcomes.Add(1, new KeyValuePair<string, object?>("crash_policy", crashPolicy));

    public void MessageParked(string? queue) => _parkedMessages.Add(1, new KeyValuePair<string, object?>("queue", queue));

    public void MessagesOverdue(int count) => _overdueMessages.Record(count);

    /// <param name="consumer">Whose message it was.</param>
    /// <param name="reason">Why; beyond the first 50 of this process <c>_OTHER</c>, which is OpenTelemetry's word for it.</param>
    public void DeadLettered(string consumer, string reason)
    {
        var told = _reasons.ContainsKey(reason) || (_reasons.Count < MaxReasons && _reasons.TryAdd(reason, true)) ? reason : OtherReason;
        _deadLetters.Add(1, new("consumer", consumer), new KeyValuePair<string, object?>("reason", told));
    }

    public void SagaParked(string definition) => _parkedSagas.Add(1, new KeyValuePair<string, object?>("definition", definition));

    /// <param name="definition">Whose.</param>
    /// <param name="call">What was called: <c>step</c>, <c>late step</c>, <c>effects</c> or <c>end</c>.</param>
    public void SagaFault(string definition, string call) => _sagaFaults.Add(1, new("definition", definition), new KeyValuePair<string, object?>("call", call));

    public void SagaNotKnown(string definition) => _unknownSagas.Add(1, new KeyValuePair<string, object?>("definition", definition));

    public void SagaUnreadable() => _unreadableSagas.Add(1);

    public void SagaWokenAgain(string definition) => _wokenSagas.Add(1, new KeyValuePair<string, object?>("definition", definition));

    /// <summary>A meter of a factory is the factory's.</summary>
    public void Dispose() => _meter.Dispose();
}
