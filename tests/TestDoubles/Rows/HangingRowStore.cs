using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.Rows;

namespace TestDoubles.Rows;

/// <summary>A store that takes what it is sent and answers nothing from some moment on, as its client's own time-out lets it.</summary>
internal sealed class HangingRowStore(IRowStore inner, FakeTimeProvider time) : IRowStore
{
    /// <summary>When the client gives up a call.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _hanging = Channel.CreateUnbounded<bool>();
    private readonly Channel<bool> _written = Channel.CreateUnbounded<bool>();

    /// <summary>How many writes are answered until it hangs; null for all.</summary>
    public int? AnswersLeft { get; set; }

    /// <summary>Waits for the next calls that hang, and lets their time pass.</summary>
    public async Task PassTimeoutAsync(int calls = 1)
    {
        while (calls-- > 0)
        {
            await _hanging.Reader.ReadAsync();
        }

        time.Advance(CallTimeout);
    }

    /// <summary>Waits for the next write that is answered.</summary>
    public Task WrittenAsync() => _written.Reader.ReadAsync().AsTask();

    public async Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken)
    {
        await HangAsync(isWrite: false);
        return await inner.ReadAsync(address, cancellationToken);
    }

    public async Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken)
    {
        await HangAsync(isWrite: true);
        var outcome = await inner.WriteAsync(transaction, cancellationToken);
        _written.Writer.TryWrite(true);
        return outcome;
    }

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);

    private async Task HangAsync(bool isWrite)
    {
        if (AnswersLeft is null || (isWrite && AnswersLeft-- > 0) || (!isWrite && AnswersLeft > 0))
        {
            return;
        }

        var timeout = Task.Delay(CallTimeout, time);
        _hanging.Writer.TryWrite(true);
        await timeout;
        throw new StoreUnavailableException("It does not answer.");
    }
}
