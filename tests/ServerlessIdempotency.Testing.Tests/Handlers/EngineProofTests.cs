using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

public sealed class EngineProofTests(ITestOutputHelper output)
{
    [Fact]
    public async Task One_caller_of_a_handler_with_an_outside_call()
    {
        var proof = new IdempotencyProof<EngineApp>(process => new EngineApp(process))
            .Call("A", "k-1", app => app.PayAsync())
            .Invariant("one payment", EngineApp.OnePaymentAsync);
        output.WriteLine((await proof.RunAsync()).ToString());
    }

    [Fact]
    public async Task Two_callers_of_a_handler_with_an_outside_call()
    {
        var proof = new IdempotencyProof<EngineApp>(process => new EngineApp(process))
            .Call("A", "k-1", app => app.PayAsync())
            .Call("B", "k-1", app => app.PayAsync())
            .Invariant("one payment", EngineApp.OnePaymentAsync);
        output.WriteLine((await proof.RunAsync()).ToString());
    }

    [Fact]
    public async Task Two_callers_of_a_handler_whose_result_is_too_large()
    {
        var proof = new IdempotencyProof<EngineApp>(process => new EngineApp(process))
            .Call("A", "k-1", app => app.PayForLargeAsync())
            .Call("B", "k-1", app => app.PayForLargeAsync())
            .Invariant("one payment", EngineApp.OnePaymentAsync);
        output.WriteLine((await proof.RunAsync()).ToString());
    }

    [Fact]
    public async Task A_handler_with_steps()
    {
        var proof = new IdempotencyProof<EngineApp>(process => new EngineApp(process))
            .Call("A", "k-1", app => app.PayInStepsAsync())
            .Call("B", "k-1", app => app.PayInStepsAsync())
            .Invariant("one payment", EngineApp.OnePaymentAsync);
        output.WriteLine((await proof.RunAsync()).ToString());
    }
}
