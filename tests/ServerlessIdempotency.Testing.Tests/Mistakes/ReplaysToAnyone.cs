using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Replays by the key alone, whatever the request was.</summary>
internal sealed class ReplaysToAnyone(ProofProcess process) : NaiveApp(process)
{
    public async Task<ProofAnswer> PayAsync(string amount) => await InsertAsync("payment|k-1", $"paid {amount}")
        ? new ProofAnswer.Final($"paid {amount}")
        : new ProofAnswer.Final((await ReadAsync("payment|k-1"))!.GetString("Value")!);
}
