using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Completes the message and goes on with the work in the background: a crash in between loses it.</summary>
internal sealed class SettlesBeforeCommit(ProofProcess process) : NaiveApp(process)
{
    public Task<Settlement> ConsumeAsync(InboundMessage message)
    {
        _ = InsertAsync($"payment|{message.MessageId}");
        return Task.FromResult<Settlement>(new Settlement.Complete());
    }
}
