using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Takes every refused insert for somebody else's, also where the row is its own, written by an attempt whose reply was lost.</summary>
internal sealed class NoOwnWriteCheck(ProofProcess process) : NaiveApp(process)
{
    public async Task<ProofAnswer> PayAsync() => new ProofAnswer.Final(await InsertAsync("payment|k-1") ? "201 paid" : "409 somebody else has paid");
}
