namespace Chaos.Cluster;

/// <summary>What one process prints, kept over its restarts.</summary>
internal sealed class LogFile(string path) : IDisposable
{
    private readonly StreamWriter _writer = new(path) { AutoFlush = true };
    private readonly Lock _lock = new();
    private bool _isClosed;

    public void Write(string line)
    {
        lock (_lock)
        {
            // A process that ends may still have a line to say.
            if (!_isClosed)
            {
                _writer.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {line}");
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _writer.Dispose();
        }
    }
}
