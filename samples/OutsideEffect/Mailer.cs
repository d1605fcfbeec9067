namespace OutsideEffect;

/// <summary>Stands for a mail server, which is away at the first call.</summary>
internal sealed class Mailer
{
    private int _calls;

    public Task<bool> TrySendAsync(string messageId, string charge, CancellationToken cancellationToken) => Task.FromResult(Interlocked.Increment(ref _calls) > 1);
}
