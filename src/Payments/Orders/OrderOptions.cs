namespace Payments.Orders;

/// <summary>How long orders may take. Configuration section <c>Orders</c>.</summary>
internal sealed class OrderOptions
{
    /// <summary>
    /// How long one attempt of a step may take: past it its outcome counts as unknown and is asked for. An instance that died in a step is taken over after this time and the
    /// sagas' <c>LeaseMargin</c>. Default 30 s, range 1 s to 5 min.
    /// </summary>
    public TimeSpan StepTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an order may take until it is confirmed; past it it is cancelled. Default 1 h, range 1 s to 30 days.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    public IEnumerable<string> Validate()
    {
        if (StepTimeout < TimeSpan.FromSeconds(1) || StepTimeout > TimeSpan.FromMinutes(5))
        {
            yield return $"Orders:StepTimeout is {StepTimeout}: set it between 00:00:01 and 00:05:00.";
        }

        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromDays(30))
        {
            yield return $"Orders:Timeout is {Timeout}: set it between 00:00:01 and 30.00:00:00.";
        }
    }
}
