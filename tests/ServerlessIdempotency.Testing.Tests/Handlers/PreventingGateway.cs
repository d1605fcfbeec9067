using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>A gateway at which a charge can be prevented under its key: whichever comes first keeps the other out (ADR 3).</summary>
internal sealed class PreventingGateway(ProofProcess process)
{
    private readonly Dictionary<string, bool> _charged = process.Shared(() => new Book()).Charged;

    /// <summary>How many charges there are after a run.</summary>
    public static int ChargesOf(ProofEnd end) => end.Shared(() => new Book()).Charged.Values.Count(isCharged => isCharged);

    /// <returns>False where it was prevented.</returns>
    public Task<bool> ChargeAsync(string key, CancellationToken cancellationToken) =>
        PassAsync("asks the gateway to charge", () => _charged.TryAdd(key, true) || _charged[key], cancellationToken);

    /// <returns>Whether it was charged; else it never will be.</returns>
    public Task<bool> PreventAsync(string key, CancellationToken cancellationToken) =>
        PassAsync("prevents the charge", () => !_charged.TryAdd(key, false) && _charged[key], cancellationToken);

    public Task<bool> FindAsync(string key, CancellationToken cancellationToken) => PassAsync("looks for the charge", () => _charged.GetValueOrDefault(key), cancellationToken);

    private Task<bool> PassAsync(string name, Func<bool> effect, CancellationToken cancellationToken) => process.PassAsync(
        new ProofPoint<bool>(name, () => Task.FromResult(effect()))
        {
            Touches = ["gateway"],
            Failures = [new("the REPLY IS LOST", Happens: true, () => throw new TimeoutException("The gateway did not answer."))],
            WhenLate = () => throw new TimeoutException("The gateway did not answer."),
        },
        cancellationToken);

    private sealed class Book
    {
        public Dictionary<string, bool> Charged { get; } = [];
    }
}
