using Chaos.Clients;
using Chaos.Evidence;

namespace Chaos.Checks;

/// <summary>Holds what the clients did and were told against the state in which the system came to rest.</summary>
internal static class Reconciliation
{
    /// <returns>By area, every difference as a sentence.</returns>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Run(Story story, Findings findings) => new Dictionary<string, IReadOnlyList<string>>
    {
        ["told at once"] = [.. story.Differences, .. story.Errors.Select(error => $"Answered with a server error: {error}")],
        ["answers"] = [.. AnswersCheck.Run(story, findings)],
        ["payments and charges"] = [.. PaymentsCheck.Run(story, findings)],
        ["ledger"] = [.. LedgerCheck.Run(findings)],
        ["statements"] = [.. StatementsCheck.Run(findings)],
        ["receipts"] = [.. ReceiptsCheck.Run(findings)],
        ["orders and stock"] = [.. OrdersCheck.Run(story, findings)],
        ["stops"] = findings.BadStops,
        ["left over"] = [.. LeftoversCheck.Run(findings)],
    };
}
