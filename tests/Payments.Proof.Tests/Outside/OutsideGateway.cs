using Payments.Gateway;
using Payments.Gateway.Simulated;
using ServerlessIdempotency.Testing.Proofs;

namespace Payments.Proof.Tests.Outside;

/// <summary>The way to the gateway as one process has it: each call is a point.</summary>
internal sealed class OutsideGateway(ProofProcess process, GatewayParty party) : IPaymentGateway
{
    public async Task<ChargeOutcome> ChargeAsync(ChargeRequest request, CancellationToken cancellationToken)
    {
        if (TestPaymentMethod.Parse(request.PaymentMethod) is not TestPaymentMethod.Slow slow)
        {
            return await ChargeNowAsync(request, cancellationToken);
        }

        // It charges half-way, as the simulated gateway does by itself.
        await Task.Delay(slow.Delay / 2, process.Clock, cancellationToken);
        var outcome = await ChargeNowAsync(request with { PaymentMethod = "pm_ok" }, cancellationToken);
        await Task.Delay(slow.Delay / 2, process.Clock, cancellationToken);
        return outcome;
    }

    public Task<GatewayCharge?> FindAsync(string accountId, string key, CancellationToken cancellationToken) => process.PassAsync(
        new ProofPoint<GatewayCharge?>("asks the gateway for a charge", () => party.Gateway.FindAsync(accountId, key, CancellationToken.None))
        {
            Touches = ["the gateway"],
            OnlyReads = true,
            Failures = [Busy<GatewayCharge?>()],
            Describe = charge => charge is null ? "there is none" : "there is one",
        },
        cancellationToken);

    public Task<PreventOutcome> PreventAsync(ChargeRequest request, CancellationToken cancellationToken) =>
        CallAsync("prevent the charge", request.Key, () => party.Gateway.PreventAsync(request, CancellationToken.None), cancellationToken);

    public Task<TransitionOutcome> CaptureAsync(string reference, string key, CancellationToken cancellationToken) =>
        CallAsync("capture", key, () => party.Gateway.CaptureAsync(reference, key, CancellationToken.None), cancellationToken);

    public Task<TransitionOutcome> RefundAsync(string reference, string key, CancellationToken cancellationToken) =>
        CallAsync("refund", key, () => party.Gateway.RefundAsync(reference, key, CancellationToken.None), cancellationToken);

    public Task<TransitionOutcome> FindRefundAsync(string reference, CancellationToken cancellationToken) => process.PassAsync(
        new ProofPoint<TransitionOutcome>("asks the gateway for a refund", () => party.Gateway.FindRefundAsync(reference, CancellationToken.None))
        {
            Touches = ["the gateway"],
            OnlyReads = true,
            Failures = [Busy<TransitionOutcome>()],
            Describe = outcome => outcome.GetType().Name.ToLowerInvariant(),
        },
        cancellationToken);

    public Task<TransitionOutcome> VoidAsync(string reference, string key, CancellationToken cancellationToken) =>
        CallAsync("void", key, () => party.Gateway.VoidAsync(reference, key, CancellationToken.None), cancellationToken);

    /// <summary>The gateway decides what it left undecided, at a moment that nobody here chooses.</summary>
    public Task<bool> DecideAsync() => process.PassAsync(
        new ProofPoint<bool>("the gateway decides", () => Task.FromResult(party.Decide())) { Touches = ["the gateway"] }, CancellationToken.None);

    private Task<ChargeOutcome> ChargeNowAsync(ChargeRequest request, CancellationToken cancellationToken) =>
        CallAsync("charge", request.Key, () => party.Gateway.ChargeAsync(request, CancellationToken.None), cancellationToken);

    private Task<T> CallAsync<T>(string name, string key, Func<Task<T>> effect, CancellationToken cancellationToken)
        where T : class
    {
        var operation = process.Operation;
        return process.PassAsync(
            new ProofPoint<T>($"asks the gateway to {name} under {Short(key)}", () =>
            {
                party.Note(new GatewayCall(operation, name, key));
                return effect();
            })
            {
                Touches = ["the gateway"],
                Failures =
                [
                    Busy<T>(),
                    new("the REPLY IS LOST", Happens: true, () => throw new GatewayUnavailableException("The gateway did not answer.")),
                ],
                WhenLate = () => throw new GatewayUnavailableException("The gateway did not answer."),
                Describe = outcome => outcome.GetType().Name.ToLowerInvariant(),
            },
            cancellationToken);
    }

    private static ProofFailure<T> Busy<T>() => new("the gateway is BUSY (429/500/503)", Happens: false, () => throw new GatewayUnavailableException("The gateway is busy."));

    private static string Short(string key) => key.Length > 30 ? key[..6] + "…" + key[^10..] : key;
}
