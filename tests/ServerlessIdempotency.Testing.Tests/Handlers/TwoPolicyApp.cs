using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>
/// Two builds of one app on one key, as a deployment mixes them: the earlier one says <see cref="CrashPolicy.Rerun"/> of a charge that can't be repeated, the later one knows
/// better. The first of A's attempts is served by the earlier build, and so is every one after somebody has been told that nobody knows; all others by the later.
/// </summary>
internal sealed class TwoPolicyApp(ProofProcess process, CrashPolicy later, bool earlierThrows, IRowStore? store = null)
{
    private readonly PolicyApp _earlier = new(process, CrashPolicy.Rerun, store) { IsPreventable = later == CrashPolicy.Probe, Throws = earlierThrows };
    private readonly PolicyApp _later = new(process, later, store);

    public Task<ProofAnswer> PayAsync() => process.Shared(() => new Deployment()).Attempts++ == 0 || process.Shared(() => new PolicyEnds.Seen()).Unanswered > 0
        ? _earlier.PayAsync()
        : _later.PayAsync();

    public Task<ProofAnswer> PayLaterAsync() => _later.PayAsync();

    private sealed class Deployment
    {
        public int Attempts { get; set; }
    }
}
