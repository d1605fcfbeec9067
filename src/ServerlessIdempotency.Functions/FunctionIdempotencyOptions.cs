namespace ServerlessIdempotency.Functions;

/// <summary>What is special to function apps. It binds from configuration: <c>builder.UseIdempotency(o => configuration.GetSection("Idempotency:Functions").Bind(o))</c>.</summary>
public sealed class FunctionIdempotencyOptions
{
    /// <summary>
    /// How often the broker delivers a message before it gives up: the queue's own setting. A message that still fails at its last delivery is dead-lettered with the
    /// reason instead of the broker's <c>MaxDeliveryCountExceeded</c>. Default 10, range 1 to 2,000.
    /// </summary>
    public int MaxDeliveryCount { get; set; } = 10;

    /// <summary>
    /// The pause before a failed message is abandoned, since the broker delivers it again at once; it doubles with each delivery. The host renews the lock meanwhile.
    /// Default 1 s, range 0 to 1 min.
    /// </summary>
    public TimeSpan FirstRetryPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest of these pauses. Default 30 s, range <see cref="FirstRetryPause"/> to 5 min.</summary>
    public TimeSpan MaxRetryPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a message is known as processed. Longer than every way in which a duplicate can come back: the broker's window, deliveries × lock, resubmission from the
    /// dead-letter queue. Default 7 days, range 1 min to 400 days.
    /// </summary>
    public TimeSpan ProcessedEventRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Names for function keys, by the key's SHA-256 in lower-case hex: the name is the caller's principal, so a key can be rotated without its caller losing its
    /// results. A key without a name is a principal of its own. Default none.
    /// </summary>
    public IDictionary<string, string> KeyNames { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    public IEnumerable<string> Validate()
    {
        if (MaxDeliveryCount is < 1 or > 2000)
        {
            yield return $"Idempotency:Functions:MaxDeliveryCount is {MaxDeliveryCount}: set it between 1 and 2000.";
        }

        if (FirstRetryPause < TimeSpan.Zero || FirstRetryPause > TimeSpan.FromMinutes(1))
        {
            yield return $"Idempotency:Functions:FirstRetryPause is {FirstRetryPause}: set it between 00:00:00 and 00:01:00.";
        }

        if (MaxRetryPause < FirstRetryPause || MaxRetryPause > TimeSpan.FromMinutes(5))
        {
            yield return $"Idempotency:Functions:MaxRetryPause is {MaxRetryPause}: set it between FirstRetryPause ({FirstRetryPause}) and 00:05:00.";
        }

        if (ProcessedEventRetention < TimeSpan.FromMinutes(1) || ProcessedEventRetention > TimeSpan.FromDays(400))
        {
            yield return $"Idempotency:Functions:ProcessedEventRetention is {ProcessedEventRetention}: set it between 00:01:00 and 400.00:00:00.";
        }

        foreach (var (hash, name) in KeyNames)
        {
            if (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit) || string.IsNullOrWhiteSpace(name))
            {
                yield return $"Idempotency:Functions:KeyNames has '{hash}': give the key's SHA-256 as 64 hex digits and a name that is not empty.";
            }
        }
    }

    internal TimeSpan PauseAfter(int deliveryCount)
    {
        // Beyond that the doubled pause would leave the range of a TimeSpan.
        var doubled = FirstRetryPause * Math.Pow(2, Math.Min(deliveryCount, 20) - 1);
        return doubled < MaxRetryPause ? doubled : MaxRetryPause;
    }
}
