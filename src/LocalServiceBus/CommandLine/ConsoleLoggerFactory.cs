using Microsoft.Extensions.Logging;

namespace LocalServiceBus.CommandLine;

/// <summary>One line an entry on standard error; the standard output is left to the connection string.</summary>
internal sealed class ConsoleLoggerFactory(LogLevel minimum) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new ConsoleLogger(minimum);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("This factory only writes to the console.");

    public void Dispose()
    {
    }
}
