namespace ServerlessIdempotency.AspNetCore.Execution;

/// <summary>Metadata: something right in front of the endpoint's own code calls <see cref="HandlerReached.Mark"/>.</summary>
internal sealed class MarkedHandler
{
    public static MarkedHandler Instance { get; } = new();
}
