using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Looks whether the key is there, and sets it later: two callers may both find it absent.</summary>
internal sealed class GetThenSet(ProofProcess process) : NaiveApp(process)
{
    public async Task<ProofAnswer> PayAsync()
    {
        if (await ReadAsync("key|k-1") is null)
        {
            await InsertAsync($"payment|{Guid.NewGuid()}");
            await InsertAsync("key|k-1");
        }

        return new ProofAnswer.Final("paid");
    }
}
