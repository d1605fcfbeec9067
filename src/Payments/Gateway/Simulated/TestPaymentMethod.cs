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
        _ when name.StartsWith("pm_slow_", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan("pm_slow_".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds <= MaxDelayMilliseconds => new Slow(TimeSpan.FromMilliseconds(milliseconds)),
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
}
