namespace Payments.Gateway;

/// <summary>A charge to make, if it is not made yet.</summary>
/// <param name="Key">The name of the effect: the same on every attempt, another for every other charge.</param>
/// <param name="AccountId">Who is charged.</param>
/// <param name="Amount">In minor units of the currency as ISO 4217 counts them.</param>
/// <param name="Currency">ISO 4217 alphabetic code.</param>
/// <param name="PaymentMethod">The gateway's name of the card or account.</param>
/// <param name="Capture">Take the money at once; else reserve it.</param>
/// <param name="StartedAt">When the first attempt began, the same on every attempt: a gateway may forget a key after a while, and has to look for the charge then.</param>
internal sealed record ChargeRequest(string Key, string AccountId, long Amount, string Currency, string PaymentMethod, bool Capture, DateTimeOffset StartedAt)
{
    /// <summary>
    /// Makes what a gateway needs before it charges, and records its id: every later attempt gets the recorded one and makes none, and an attempt that was taken over can't record, and
    /// stops by that. Null where nothing is recorded.
    /// </summary>
    /// <remarks>What is made must cost nothing by itself: an attempt that dies before it is recorded leaves it behind.</remarks>
    public Func<Func<CancellationToken, Task<string>>, CancellationToken, Task<string>>? PrepareOnce { get; init; }
}
