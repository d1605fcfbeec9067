using Microsoft.AspNetCore.Http;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>What a request brought, read once.</summary>
/// <param name="Bytes">The body as it came; empty where something before had read it as a form.</param>
/// <param name="Form">The form that something before (antiforgery, other middleware) had read; else null.</param>
internal sealed record RequestContent(ReadOnlyMemory<byte> Bytes, IFormCollection? Form);
