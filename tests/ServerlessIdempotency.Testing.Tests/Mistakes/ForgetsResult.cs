using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Remembers that the key was used and not what was answered: later callers learn something else.</summary>
internal sealed class ForgetsResult(ProofProcess process) : NaiveApp(process)
{
    public async Task<ProofAnswer> PayAsync() => await InsertAsync("payment|k-1")
        ? new ProofAnswer.Final("201 paid")
        : new ProofAnswer.Final("200 already processed");
}
