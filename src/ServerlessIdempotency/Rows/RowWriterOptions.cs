namespace ServerlessIdempotency.Rows;

/// <summary>How long <see cref="RowWriter"/> keeps at a write whose fate is unclear.</summary>
public sealed class RowWriterOptions
{
    /// <summary>How many times a write that is known not to have happened is sent again. Default 3, range 0 to 10.</summary>
    public int MaxResends { get; set; } = 3;

    /// <summary>The pause before the first resend, doubled for each further one. Default 50 ms, range 0 to 5 s.</summary>
    public TimeSpan ResendDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    public IEnumerable<string> Validate()
    {
        if (MaxResends is < 0 or > 10)
        {
            yield return $"RowWriter:MaxResends is {MaxResends}: set it between 0 and 10.";
        }

        if (ResendDelay < TimeSpan.Zero || ResendDelay > TimeSpan.FromSeconds(5))
        {
            yield return $"RowWriter:ResendDelay is {ResendDelay}: set it between 00:00:00 and 00:00:05.";
        }
    }

    internal void ThrowIfInvalid()
    {
        if (string.Join(' ', Validate()) is { Length: > 0 } faults)
        {
            throw new ArgumentException(faults);
        }
    }
}
