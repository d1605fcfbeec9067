namespace ServerlessIdempotency.Purge;

/// <summary>What a purge came to.</summary>
/// <param name="Deleted">Rows deleted.</param>
/// <param name="Kept">Expired rows that were kept, since someone holds them or changed them in the meantime.</param>
/// <param name="IsComplete">Whether it came to the end of every table; else it stopped at <see cref="PurgeOptions.MaxRows"/>, and the next run goes on.</param>
public readonly record struct PurgeResult(int Deleted, int Kept, bool IsComplete);
