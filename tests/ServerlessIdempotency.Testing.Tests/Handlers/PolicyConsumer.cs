using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>The same charge, asked for by a message.</summary>
internal sealed class PolicyConsumer(ProofProcess process, CrashPolicy policy)
{
    public const string Queue = "charges";

    private readonly PolicyApp _app = new(process, policy);

    /// <summary>A mistake: what nobody knows is done with.</summary>
    public bool CompletesWhatIsUnknown { get; init; }

    public static InboundMessage Message => new("12.50"u8.ToArray()) { MessageId = "m-1" };

    public async Task<Settlement> ConsumeAsync(InboundMessage message)
    {
        var hasRun = false;
        using var inbox = process.StartInbox(_app.Engine);
        var outcome = await inbox.ExecuteAsync(
            new InboxDelivery("charges", message),
            (context, token) =>
            {
                hasRun = true;
                return _app.HandleAsync(context, token);
            },
            new InboxExecution<OperationResult> { Shape = operation => _app.Under(operation) with { Wait = TimeSpan.FromSeconds(65) } },
            default);
        process.Shared(() => new PolicyEnds.Seen()).Fenced += hasRun && outcome is InboxOutcome.Duplicate ? 1 : 0;
        return CompletesWhatIsUnknown && outcome is InboxOutcome.Rejected ? new Settlement.Complete() : outcome.ToSettlement();
    }

    /// <summary>Law 9: what is not done is among the dead letters, each copy of it, and what is there says that nobody knows.</summary>
    public static async Task<string?> NothingIsDroppedAsync(ProofEnd end, int copies)
    {
        if (end.DeadLetters.FirstOrDefault(letter => !letter.Contains($": {RejectionReasons.OutcomeUnknown}: ", StringComparison.Ordinal)) is { } other)
        {
            return other;
        }

        var state = await PolicyEnds.StateAsync(end);
        return state == "Completed" || end.DeadLetters.Count >= copies ? null : $"It is {state ?? "absent"}, and {end.DeadLetters.Count} of {copies} copies are dead letters.";
    }

    /// <summary>Whether a copy was dead-lettered since nobody knew, and the answer came all the same.</summary>
    public static async Task<bool> CompletedLateAsync(ProofEnd end) => end.DeadLetters.Count > 0 && await PolicyEnds.StateAsync(end) == "Completed";
}
