using System.Globalization;

namespace Payments.Gateway.Simulated;

/// <summary>What a payment method of the simulated gateway makes it do.</summary>
internal abstract record TestPaymentMethod
{
    private const int MaxDelayMilliseconds = 60_000;

    private TestPaymentMethod()
    {
    }

    /// <returns>Null where there is no such method.</returns>
    public static TestPaymentMethod? Parse(string name) => name switch
    {
        "pm_ok" => new Ok(),
        "pm_declined" => new Declines(),
        "pm_lost_reply" => new LosesReply(),
        "pm_unavailable" => new Unavailable(),
        "pm_unknown" => new StaysUnknown(),
        _ when DelayOf(name, "pm_slow_") is { } delay => new Slow(delay),
        _ when DelayOf(name, "pm_async_") is { } delay => new DecidesLater(delay),
        _ when DelayOf(name, "pm_refund_async_") is { } delay => new RefundsLater(delay, Fails: false),
        _ when DelayOf(name, "pm_refund_fails_") is { } delay => new RefundsLater(delay, Fails: true),
        _ => null,
    };

    /// <summary><c>pm_ok</c>: charges.</summary>
    public sealed record Ok : TestPaymentMethod;

    /// <summary><c>pm_declined</c>: declines.</summary>
    public sealed record Declines : TestPaymentMethod;

    /// <summary><c>pm_slow_MS</c>: answers after so many milliseconds, 0 to 60,000; it charges half-way.</summary>
    public sealed record Slow(TimeSpan Delay) : TestPaymentMethod;

    /// <summary><c>pm_lost_reply</c>: charges, and at the first attempt fails as if its reply was lost.</summary>
    public sealed record LosesReply : TestPaymentMethod;

    /// <summary><c>pm_unavailable</c>: at the first attempt fails without charging.</summary>
    public sealed record Unavailable : TestPaymentMethod;

    /// <summary><c>pm_unknown</c>: never decides; every attempt fails, and asking tells nothing.</summary>
    public sealed record StaysUnknown : TestPaymentMethod;

    /// <summary><c>pm_async_MS</c>: is undecided for so many milliseconds, 0 to 60,000, and charged from then on.</summary>
    public sealed record DecidesLater(TimeSpan Delay) : TestPaymentMethod;

    /// <summary><c>pm_refund_async_MS</c>, <c>pm_refund_fails_MS</c>: charges; its first refund is pending for so many milliseconds, and is done or comes to nothing then.</summary>
    public sealed record RefundsLater(TimeSpan Delay, bool Fails) : TestPaymentMethod;

    private static TimeSpan? DelayOf(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
        && milliseconds <= MaxDelayMilliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;
}
