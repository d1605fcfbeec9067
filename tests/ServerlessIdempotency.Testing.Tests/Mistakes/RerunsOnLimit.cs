using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Takes a result that is too large to be stored for a failure: the next attempt runs the handler again, after its effect.</summary>
internal sealed class RerunsOnLimit(ProofProcess process) : NaiveApp(process)
{
    public async Task<ProofAnswer> PayAsync()
    {
        if (await ReadAsync("failed|k-1") is not { } failed)
        {
            await ChargeAsync(key: Guid.NewGuid().ToString());
            await InsertAsync("failed|k-1", "the result has 800,000 bytes");
            return new ProofAnswer.TryAgain("500, the result is too large");
        }

        await ChargeAsync(key: Guid.NewGuid().ToString());
        await WriteAsync(RowWrite.Delete("failed|k-1", failed.ETag));
        return new ProofAnswer.Final("500 given up");
    }
}
