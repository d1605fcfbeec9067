using Chaos.Run;

namespace Chaos.Tests.Run;

public sealed class QuiescenceTests
{
    private readonly Queue<string> _looks = [];
    private int _pauses;

    // Guards LooksInARow: the first empty look came while a message was on its way from the outbox to its queue.
    [Fact]
    public async Task What_slips_past_one_look_is_seen_by_the_next()
    {
        See("3 unsent", "", "1 in orders", "", "");
        var quiescence = New();

        Assert.True(await quiescence.WaitAsync(default));

        Assert.Empty(_looks);
        Assert.Equal((4, "1 in orders"), (_pauses, quiescence.InFlight));
    }

    [Fact]
    public async Task A_look_that_fails_is_no_rest()
    {
        See("", "throw", "", "");
        var quiescence = New();

        Assert.True(await quiescence.WaitAsync(default));

        Assert.Equal((3, "unknown: No answer."), (_pauses, quiescence.InFlight));
    }

    [Fact]
    public async Task What_is_still_in_flight_when_the_wait_ends_is_named()
    {
        See("", "2 requests");
        var quiescence = New();

        Assert.False(await quiescence.WaitAsync(default));

        Assert.Equal("2 requests", quiescence.InFlight);
    }

    private void See(params string[] looks)
    {
        foreach (var look in looks)
        {
            _looks.Enqueue(look);
        }
    }

    private Quiescence New() => new(LookAsync, PauseAsync);

    private Task<string> LookAsync(CancellationToken cancellationToken) =>
        _looks.Dequeue() is var look && look == "throw" ? throw new HttpRequestException("No answer.") : Task.FromResult(look);

    // With no more looks to come the wait is at its end.
    private Task PauseAsync(CancellationToken cancellationToken)
    {
        _pauses++;
        return _looks.Count == 0 ? throw new OperationCanceledException() : Task.CompletedTask;
    }
}
