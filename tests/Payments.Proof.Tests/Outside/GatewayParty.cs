using Payments.Gateway.Simulated;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Rows;

namespace Payments.Proof.Tests.Outside;

/// <summary>
/// The simulated gateway as another company: it outlives our processes, its storage is its own and never fails, and it notes what it was asked for. It answers
/// repetitions by itself, as it does in the app; nothing between it and us remembers a key.
/// </summary>
internal sealed class GatewayParty
{
    private readonly List<GatewayCall> _calls = [];

    public SimulatedPaymentGateway Gateway { get; } = new(new RowWriter(new InMemoryRowStore(), new RowWriterOptions(), StandingClock.Instance), StandingClock.Instance);

    public IReadOnlyList<GatewayCall> Calls => _calls;

    public void Note(GatewayCall call) => _calls.Add(call);
}
