namespace ServerlessIdempotency.AspNetCore.Endpoints;

/// <summary>What one call of <c>WithIdempotency</c> said; a group's come before those of its endpoints.</summary>
internal sealed record IdempotencyMetadata(Action<HttpIdempotencyOptions>? Configure, HttpOperation? Operation);
