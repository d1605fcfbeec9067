using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Remembers the messages that it has seen until its process ends.</summary>
internal sealed class RemembersInMemory(ProofProcess process) : NaiveApp(process)
{
    private readonly HashSet<string> _seen = [];

    public async Task<Settlement> ConsumeAsync(InboundMessage message)
    {
        if (_seen.Add(message.MessageId!))
        {
            await InsertAsync($"payment|{Guid.NewGuid()}");
        }

        return new Settlement.Complete();
    }
}
