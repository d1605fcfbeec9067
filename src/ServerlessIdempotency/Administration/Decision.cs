namespace ServerlessIdempotency.Administration;

/// <summary>Who changes a record, and why. Both are kept with the change.</summary>
/// <param name="By">Who. Not empty.</param>
/// <param name="Why">Why. Not empty.</param>
public sealed record Decision(string By, string Why)
{
    internal void ThrowIfInvalid()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(By);
        ArgumentException.ThrowIfNullOrWhiteSpace(Why);
    }
}
