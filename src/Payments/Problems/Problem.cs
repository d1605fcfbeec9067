namespace Payments.Problems;

/// <summary>The body of <c>application/problem+json</c> (RFC 9457).</summary>
internal sealed record Problem(string Type, string Title, int Status, string Detail)
{
    /// <summary>The members of the request that are wrong, each with what is wrong with it.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>The gateway's code of why it declined.</summary>
    public string? DeclineCode { get; init; }
}
