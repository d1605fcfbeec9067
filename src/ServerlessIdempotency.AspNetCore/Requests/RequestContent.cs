using Microsoft.AspNetCore.Http;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>What a request brought, read once.</summary>
/// <param name="Buffer">The body as it came; empty where something before had read it as a form.</param>
/// <param name="Form">The form that something before (antiforgery, other middleware) had read; else null.</param>
internal sealed record RequestContent(byte[] Buffer, IFormCollection? Form)
{
    public ReadOnlyMemory<byte> Bytes => Buffer;
}
