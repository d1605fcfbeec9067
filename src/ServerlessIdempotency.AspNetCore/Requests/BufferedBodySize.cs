using Microsoft.AspNetCore.Http.Features;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>The limit of a body that is in memory already. An endpoint may set it as it could before it was read, and <see cref="HttpIdempotencyOptions.MaxBodyBytes"/> has been kept to.</summary>
internal sealed class BufferedBodySize : IHttpMaxRequestBodySizeFeature
{
    public bool IsReadOnly => false;

    public long? MaxRequestBodySize { get; set; }
}
