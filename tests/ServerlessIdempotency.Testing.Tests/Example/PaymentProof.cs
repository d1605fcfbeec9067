using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Example;

public sealed class PaymentProof(ITestOutputHelper output)
{
    [Fact]
    public async Task Paying_is_idempotent()
    {
        var proof = new IdempotencyProof<PaymentHandler>(process => new PaymentHandler(process.Store, process.Clock, process.Outside))
            .Call("A", "order-1", async handler => ProofAnswer.Of(await handler.PayAsync("order-1", 1250)))
            .Call("B", "order-1", async handler => ProofAnswer.Of(await handler.PayAsync("order-1", 1250)))
            .Invariant("One payment", async end =>
                (await end.ListAsync(PaymentHandler.Partition, "payment|")).Count is var count and not 1 ? $"there are {count}" : null);

        output.WriteLine((await proof.RunAsync()).ToString());
    }
}
