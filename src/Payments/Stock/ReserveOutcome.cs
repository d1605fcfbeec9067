namespace Payments.Stock;

/// <summary>What became of a reservation.</summary>
internal abstract record ReserveOutcome
{
    private ReserveOutcome()
    {
    }

    /// <summary>The units are held, by this call or an earlier one under the same key.</summary>
    public sealed record Reserved : ReserveOutcome;

    /// <summary>There are not enough; nothing is held.</summary>
    public sealed record Short(long Available) : ReserveOutcome;

    /// <summary>There is no such thing in stock.</summary>
    public sealed record NoSuchSku : ReserveOutcome;

    /// <summary>The reservation was released before; it is not made again.</summary>
    public sealed record ReleasedBefore : ReserveOutcome;

    /// <summary>Too many others reserve at this moment; nothing is held.</summary>
    public sealed record Contended : ReserveOutcome;
}
