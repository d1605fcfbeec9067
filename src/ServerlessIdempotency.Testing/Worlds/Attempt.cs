using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>One attempt of an actor in one process.</summary>
internal sealed class Attempt<T>(World world, Actor actor, ProcessState process, Func<ProcessState, object, CancellationToken, Task<T>> body, ProofFailure<bool>? otherwise, bool mayGiveUp) : IAttempt
{
    // Continuations of whoever waits run on the world's own scheduler, never within the process.
    private readonly TaskCompletionSource<AttemptEnd<T>> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Action? _cancel;

    public Task<AttemptEnd<T>> End => _end.Task;

    public Actor Actor => actor;

    public Action? Cancel => mayGiveUp && _cancel is not null && !_end.Task.IsCompleted ? CancelNow : null;

    public void Start()
    {
        process.Attempts.Add(this);
        process.Scheduler.Post(() => _ = RunAsync());
    }

    public void Lose() => _end.TrySetResult(new AttemptEnd<T>.ConnectionLost());

    public void GiveUp() => _end.TrySetResult(new AttemptEnd<T>.NoAnswer());

    private async Task RunAsync()
    {
        world.Current.Value = actor;
        using var gone = new CancellationTokenSource();
        _cancel = gone.Cancel;
        try
        {
            await world.Actors.ArriveAsync(process, otherwise);
            var answer = await body(process, await process.BuiltAsync(), gone.Token);
            if (_end.TrySetResult(new AttemptEnd<T>.Answered(answer)))
            {
                world.Tell(actor, process, Text(answer));
            }
            else
            {
                world.Tell(actor, process, $"ends late: {Text(answer)}");
            }
        }
        catch (Exception exception)
        {
            world.Tell(actor, process, $"fails: {exception.GetType().Name}: {exception.Message}");
            _end.TrySetResult(new AttemptEnd<T>.Threw(exception));
        }
        finally
        {
            _cancel = null;
            process.Attempts.Remove(this);
        }
    }

    private void CancelNow()
    {
        GiveUp();
        process.Scheduler.Post(_cancel!);
    }

    private static string? Text(T answer) => answer switch
    {
        ProofAnswer.Final final => $"IS TOLD {final.Told}",
        ProofAnswer.Unanswered unanswered => $"is told that nobody knows ({unanswered.Why})",
        ProofAnswer.TryAgain again => $"is told to try again ({again.Why})",
        _ => null,
    };
}
