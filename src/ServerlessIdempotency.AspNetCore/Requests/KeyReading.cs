using ServerlessIdempotency.AspNetCore.Problems;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>What a request says about its key.</summary>
internal abstract record KeyReading
{
    private KeyReading()
    {
    }

    public sealed record Present(IdempotencyKey Key) : KeyReading;

    /// <summary>No key.</summary>
    public sealed record Absent : KeyReading;

    public sealed record Refused(Problem Problem) : KeyReading;

    /// <summary>The body, where the key may stand, can't be read as JSON.</summary>
    public sealed record Unreadable(Problem Problem) : KeyReading;
}
