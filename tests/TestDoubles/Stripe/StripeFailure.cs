namespace TestDoubles.Stripe;

/// <summary>How Stripe fails at a request.</summary>
public enum StripeFailure
{
    /// <summary>500, nothing was done, and the key repeats it.</summary>
    BeforeItsEffect,

    /// <summary>500 although it was done, and the key repeats it.</summary>
    AfterItsEffect,

    /// <summary>500 before the request had begun: the key can be asked for again.</summary>
    BeforeItBegan,

    /// <summary>429: the key can be asked for again.</summary>
    RateLimit,
}
