using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace ServerlessIdempotency.AspNetCore.Tests.Differential;

/// <summary>What a request leaves besides its answer: what an endpoint or middleware tells, and what HTTP logging writes of bodies.</summary>
internal sealed class Observation : ILoggerProvider, ILogger
{
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();

    public void Tell(string what) => _told.Writer.TryWrite(what);

    /// <summary>Waits for as much as a request is known to leave, some of it after its answer.</summary>
    public async Task<string[]> TakeAsync(int count)
    {
        var told = new string[count];
        for (var index = 0; index < count; index++)
        {
            told[index] = await _told.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));
        }

        return [.. told.Order(StringComparer.Ordinal)];
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name is "RequestBody" or "ResponseBody")
        {
            Tell(formatter(state, exception));
        }
    }

    public void Dispose() => _told.Writer.TryComplete();
}
