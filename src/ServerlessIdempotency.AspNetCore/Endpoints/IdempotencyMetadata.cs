namespace ServerlessIdempotency.AspNetCore.Endpoints;

/// <summary>What one call of <c>WithIdempotency</c> said; a group's come before those of its endpoints.</summary>
internal sealed record IdempotencyMetadata(Action<HttpIdempotencyOptions>? Change, HttpOperation? Operation) : IIdempotencyMetadata
{
    public void Configure(HttpIdempotencyOptions options) => Change?.Invoke(options);

    public HttpOperation Declare(HttpOperation operation) => Operation?.Over(operation) ?? operation;
}
