namespace Payments;

/// <summary>How payments are laid out. Configuration section <c>Payments</c>.</summary>
public sealed class PaymentsOptions
{
    /// <summary>
    /// Over how many partitions one merchant's payments are spread. Default 16, range 1 to 256. A retry must find its record again, so change it only
    /// while no client still retries a payment made before: by default that is 24 h, the retention.
    /// </summary>
    public int ShardCount { get; set; } = 16;

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    public IEnumerable<string> Validate()
    {
        if (ShardCount is < 1 or > 256)
        {
            yield return $"Payments:ShardCount is {ShardCount}: set it between 1 and 256.";
        }
    }
}
