using Payments.Undecided;

namespace Payments.Parked;

/// <summary>A person's decision about a payment as the API names it.</summary>
internal static class PaymentDecisionWords
{
    public const string Captured = "captured";
    public const string NotCharged = "not-charged";

    public static string Of(PaymentDecision decision) => decision switch
    {
        PaymentDecision.Captured => Captured,
        PaymentDecision.NotCharged => NotCharged,
        _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, "There is no such decision."),
    };

    public static PaymentDecision? Parse(string? word) => word switch
    {
        Captured => PaymentDecision.Captured,
        NotCharged => PaymentDecision.NotCharged,
        _ => null,
    };
}
