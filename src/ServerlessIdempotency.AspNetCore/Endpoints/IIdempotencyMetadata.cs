namespace ServerlessIdempotency.AspNetCore.Endpoints;

/// <summary>Says that an endpoint is idempotent, and how: by convention or by attribute.</summary>
internal interface IIdempotencyMetadata
{
    void Configure(HttpIdempotencyOptions options);

    HttpOperation Declare(HttpOperation operation);
}
