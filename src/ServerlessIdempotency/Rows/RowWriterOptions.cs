using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.Rows;

/// <summary>How long <see cref="RowWriter"/> keeps at a write whose fate is unclear.</summary>
public sealed class RowWriterOptions
{
    /// <summary>How many times a write that is known not to have happened is sent again. Default 3, range 0 to 10.</summary>
    public int MaxResends { get; set; } = 3;

    /// <summary>The pause before the first resend, doubled for each further one. Default 50 ms, range 0 to 5 s.</summary>
    public TimeSpan ResendDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// How long is kept at one write, so that its caller is answered within that time: no attempt is begun that would end later if it took as long as the one before it, reading back
    /// included. Default 10 s, range 100 ms to 10 min.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    internal IEnumerable<string> Validate() => new OptionFaults("RowWriter")
        .Between(MaxResends, 0, 10)
        .Between(ResendDelay, TimeSpan.Zero, TimeSpan.FromSeconds(5))
        .Between(Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
}
