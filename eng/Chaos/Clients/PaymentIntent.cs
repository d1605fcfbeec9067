namespace Chaos.Clients;

/// <summary>
/// A payment that a client wants. Its amount is unique in its account, so that whatever became of it can be found by account and amount alone, without
/// knowing how the app names things.
/// </summary>
internal sealed record PaymentIntent(string Account, long Amount, string Currency, string Method, bool Capture, KeyedRequest Create)
{
    public bool IsDeclined => Method == "pm_declined";

    /// <summary>Whether its command went to the queue too, or only there.</summary>
    public bool IsQueued { get; init; }

    /// <summary>Whether a client was told of a capture of its own, after having reserved the money.</summary>
    public bool IsCaptured { get; set; }

    public bool IsRefunded { get; set; }

    /// <summary>What the payment's status must be in the end.</summary>
    public string Status => IsRefunded ? "refunded" : Capture || IsCaptured ? "captured" : "authorized";
}
