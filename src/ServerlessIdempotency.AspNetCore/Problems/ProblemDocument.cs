namespace ServerlessIdempotency.AspNetCore.Problems;

/// <summary>The members of <c>application/problem+json</c> (RFC 9457).</summary>
internal sealed record ProblemDocument(string Type, string Title, int Status, string Detail);
