using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.Functions.Keys;

/// <summary>Where a function's key is read.</summary>
internal abstract record KeySource
{
    private KeySource()
    {
    }

    /// <summary>A header of the request.</summary>
    public sealed record Header(string Name) : KeySource;

    /// <summary>A member of the JSON body, of a request or of a message.</summary>
    public sealed record Body(JsonKeyPath Path) : KeySource;

    /// <summary>An application property of the message.</summary>
    public sealed record Property(string Name) : KeySource;

    /// <summary>The message's own identity.</summary>
    public sealed record EventIdentity : KeySource;
}
