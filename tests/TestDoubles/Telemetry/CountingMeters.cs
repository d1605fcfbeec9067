using System.Diagnostics.Metrics;

namespace TestDoubles.Telemetry;

/// <summary>The meters of one app, and what was counted by them: tests beside it have meters of the same names.</summary>
public sealed class CountingMeters : IMeterFactory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _counts = [];
    private readonly List<Meter> _meters = [];
    private readonly MeterListener _listener = new();

    public CountingMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == this)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The counts, such as <c>sagas.parked definition=order: 2</c>, in the order of their names; of a gauge what it told last.</summary>
    public IReadOnlyList<string> Counts
    {
        get
        {
            lock (_lock)
            {
                return [.. _counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Key}: {count.Value}")];
            }
        }
    }

    public Meter Create(MeterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }

    private void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name.Replace("serverless_idempotency.", "", StringComparison.Ordinal);
        foreach (var tag in tags)
        {
            name += $" {tag.Key}={tag.Value}";
        }

        lock (_lock)
        {
            _counts[name] = instrument is Gauge<long> ? value : _counts.GetValueOrDefault(name) + value;
        }
    }
}
