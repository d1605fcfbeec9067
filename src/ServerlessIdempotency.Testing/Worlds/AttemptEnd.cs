namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>What whoever waits for an attempt gets.</summary>
internal abstract record AttemptEnd<T>
{
    public sealed record Answered(T Answer) : AttemptEnd<T>;

    public sealed record Threw(Exception Exception) : AttemptEnd<T>;

    public sealed record ConnectionLost : AttemptEnd<T>;

    public sealed record NoAnswer : AttemptEnd<T>;
}
