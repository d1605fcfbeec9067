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
    private readonly GatewayClock _clock = new();

    public GatewayParty() => Gateway = new SimulatedPaymentGateway(new RowWriter(new InMemoryRowStore(), new RowWriterOptions(), _clock), _clock);

    public SimulatedPaymentGateway Gateway { get; }

    public IReadOnlyList<GatewayCall> Calls => _calls;

    /// <summary>Decides what it left undecided.</summary>
    public bool Decide()
    {
        _clock.Decide();
        return true;
    }

    public void Note(GatewayCall call) => _calls.Add(call);
}
