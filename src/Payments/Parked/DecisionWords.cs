using ServerlessIdempotency.Sagas;

namespace Payments.Parked;

/// <summary>A person's decision about an order as the API names it.</summary>
internal static class DecisionWords
{
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<ParkedDecision>().Select(Of)];

    public static string Of(ParkedDecision decision) => decision switch
    {
        ParkedDecision.Retry => "retry",
        ParkedDecision.Succeeded => "succeeded",
        ParkedDecision.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, "There is no such decision."),
    };

    public static ParkedDecision? Parse(string? word) => word switch
    {
        "retry" => ParkedDecision.Retry,
        "succeeded" => ParkedDecision.Succeeded,
        "failed" => ParkedDecision.Failed,
        _ => null,
    };
}
