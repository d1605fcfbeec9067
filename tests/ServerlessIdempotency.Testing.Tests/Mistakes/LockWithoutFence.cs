using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Holds a lock with a lease, and writes without asking whether it still does: whoever stood still for long writes beside the next holder.</summary>
internal sealed class LockWithoutFence(ProofProcess process) : NaiveApp(process)
{
    public async Task<ProofAnswer> PayAsync()
    {
        if (!await TryLockAsync())
        {
            return new ProofAnswer.TryAgain("locked", TimeSpan.FromSeconds(30));
        }

        if (await ReadAsync("done|k-1") is null)
        {
            await InsertAsync($"payment|{Guid.NewGuid()}");
            await InsertAsync("done|k-1");
        }

        return new ProofAnswer.Final("paid");
    }

    private async Task<bool> TryLockAsync()
    {
        var now = Process.Clock.GetUtcNow();
        var values = new Dictionary<string, object> { ["Until"] = now + TimeSpan.FromSeconds(60) };
        var held = await ReadAsync("lock|k-1");
        return held is null
            ? await WriteAsync(RowWrite.Insert("lock|k-1", values))
            : held.GetDateTimeOffset("Until") < now && await WriteAsync(RowWrite.Replace("lock|k-1", values, held.ETag));
    }
}
