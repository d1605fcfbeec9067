using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Tests.Handlers;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Uses the engine well, and calls the gateway under a fresh key on every attempt.</summary>
internal sealed class RandomGatewayKey(ProofProcess process)
{
    public async Task<ProofAnswer> PayAsync()
    {
        using var engine = process.StartEngine();
        return ProofAnswer.Of(await engine.ExecuteAsync(
            EngineApp.Operation(),
            async (_, token) =>
            {
                await process.Outside.CallAsync("charge", Guid.NewGuid().ToString(), () => "ch_1", token);
                return HandlerOutcome.Completed(OperationResult.Empty);
            },
            default));
    }
}
