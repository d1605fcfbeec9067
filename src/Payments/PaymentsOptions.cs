namespace Payments;

/// <summary>How payments are laid out. Configuration section <c>Payments</c>.</summary>
internal sealed class PaymentsOptions
{
    /// <summary>
    /// Over how many partitions one merchant's payments are spread. Default 16, range 1 to 256. A retry must find its record again, so change it only
    /// while no client still retries a payment made before: by default that is 8 days, the longer of both retentions.
    /// </summary>
    public int ShardCount { get; set; } = 16;

    /// <summary>
    /// On whose behalf commands from the queue are executed: the principal that the same caller has by HTTP. Default <c>anonymous</c>, the caller
    /// where no one signs in. It must not be empty.
    /// </summary>
    public string CommandPrincipal { get; set; } = "anonymous";

    /// <summary>
    /// How long <c>GET /healthz</c> waits for the store before it answers 503. Default 4 s, range 100 ms to 1 min: whoever asks after an app's health waits some seconds and then
    /// takes it for dead.
    /// </summary>
    public TimeSpan HealthTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    public IEnumerable<string> Validate()
    {
        if (ShardCount is < 1 or > 256)
        {
            yield return $"Payments:ShardCount is {ShardCount}: set it between 1 and 256.";
        }

        if (HealthTimeout < TimeSpan.FromMilliseconds(100) || HealthTimeout > TimeSpan.FromMinutes(1))
        {
            yield return $"Payments:HealthTimeout is {HealthTimeout}: set it between {TimeSpan.FromMilliseconds(100)} and {TimeSpan.FromMinutes(1)}.";
        }

        if (string.IsNullOrWhiteSpace(CommandPrincipal))
        {
            yield return "Payments:CommandPrincipal is empty: name the principal of commands from the queue, or leave it out.";
        }
    }
}
