using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>A batch without the inbox, a transaction for each two messages, with one mistake or another. The last message of the session says what its state is.</summary>
internal sealed class NaiveBatch(ProofProcess process) : NaiveApp(process)
{
    public const string Queue = "states";

    /// <summary>Completes all of them once any of it is committed: a neighbour that failed is acknowledged.</summary>
    public bool AcknowledgesNeighbours { get; init; }

    /// <summary>Goes on behind a message that failed, in the same session.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Settles first and commits in the background.</summary>
    public bool SettlesFirst { get; init; }

    public static async Task<string?> StateIsC(ProofEnd end)
    {
        var marks = (await end.ListAsync(Partition, "mark|")).Count;
        var state = (await end.ListAsync(Partition, "state")).SingleOrDefault()?.GetString("Value");
        return (marks, state) == (3, "c") ? null : $"It is {state ?? "absent"} after {marks} messages.";
    }

    public async Task<IReadOnlyList<Settlement>> ConsumeAsync(IReadOnlyList<InboundMessage> messages)
    {
        var committing = CommitAsync(messages);
        if (SettlesFirst)
        {
            return [.. messages.Select(_ => new Settlement.Complete())];
        }

        var applied = await committing;
        var all = AcknowledgesNeighbours && applied.Contains(true);
        return [.. applied.Select(isApplied => all || isApplied ? (Settlement)new Settlement.Complete() : new Settlement.Abandon())];
    }

    private async Task<List<bool>> CommitAsync(IReadOnlyList<InboundMessage> messages)
    {
        var applied = new List<bool>();
        foreach (var pair in messages.Chunk(2))
        {
            var isApplied = (GoesOn || !applied.Contains(false)) && await TryApplyAsync(pair);
            applied.AddRange(pair.Select(_ => isApplied));
        }

        return applied;
    }

    private async Task<bool> TryApplyAsync(InboundMessage[] pair)
    {
        try
        {
            var fresh = new List<string>();
            foreach (var message in pair)
            {
                if (await ReadAsync($"mark|{message.MessageId}") is null)
                {
                    fresh.Add(message.MessageId!);
                }
            }

            var state = await ReadAsync("state");
            return fresh.Count == 0 || await WriteAsync([
                .. fresh.Select(id => Insert($"mark|{id}", "")),
                state is null ? Insert("state", fresh[^1]) : Replace(state, fresh[^1]),
            ]);
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }
}
