using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Leaves its handler at the bound, as if that had stopped: one that goes on all the same writes beside the next one.</summary>
internal sealed class BoundWithoutFence(ProofProcess process) : NaiveApp(process)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(90);

    public async Task<ProofAnswer> PayAsync()
    {
        var now = Process.Clock.GetUtcNow();
        var held = await ReadAsync("lock|k-1");
        if (held?.GetDateTimeOffset("Until") >= now)
        {
            return new ProofAnswer.TryAgain("locked", TimeSpan.FromSeconds(30));
        }

        var values = new Dictionary<string, object> { ["Until"] = now + Bound };
        if (!await WriteAsync(held is null ? RowWrite.Insert("lock|k-1", values) : RowWrite.Replace("lock|k-1", values, held.ETag)))
        {
            return new ProofAnswer.TryAgain("locked");
        }

        try
        {
            await HandleAsync(held is null ? Bound + TimeSpan.FromSeconds(5) : TimeSpan.FromSeconds(10)).WaitAsync(Bound, Process.Clock);
            return new ProofAnswer.Final("paid");
        }
        catch (TimeoutException)
        {
            return new ProofAnswer.TryAgain("504");
        }
    }

    private async Task HandleAsync(TimeSpan takes)
    {
        await Task.Delay(takes, Process.Clock);
        await InsertAsync($"payment|{Guid.NewGuid()}");
    }
}
