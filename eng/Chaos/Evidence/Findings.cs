namespace Chaos.Evidence;

/// <summary>The state in which the system came to rest: the other half of what is reconciled.</summary>
internal sealed record Findings
{
    public IReadOnlyList<Charge> Charges { get; init; } = [];

    public IReadOnlyList<PaymentState> Payments { get; init; } = [];

    public IReadOnlyList<Statement> Statements { get; init; } = [];

    public IReadOnlyList<Mail> Mailbox { get; init; } = [];

    public IReadOnlyList<OrderState> Orders { get; init; } = [];

    public IReadOnlyList<StockState> Stock { get; init; } = [];

    /// <summary>What waits for a person.</summary>
    public IReadOnlyList<string> Parked { get; init; } = [];

    /// <summary>Queue, reason and description of each.</summary>
    public IReadOnlyList<string> DeadLetters { get; init; } = [];

    /// <summary>Messages that are still in a queue, by queue.</summary>
    public IReadOnlyDictionary<string, int> Queued { get; init; } = new Dictionary<string, int>();

    public IReadOnlyList<Replay> Replays { get; init; } = [];

    /// <summary>Instances that were asked to end and did not, or not well.</summary>
    public IReadOnlyList<string> BadStops { get; init; } = [];

    public required TableFacts Tables { get; init; }
}
