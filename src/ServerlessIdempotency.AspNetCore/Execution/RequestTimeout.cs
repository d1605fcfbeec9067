using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerlessIdempotency.AspNetCore.Execution;

/// <summary>The time-out that ASP.NET Core's middleware sets for a request (<c>AddRequestTimeouts</c>).</summary>
internal static class RequestTimeout
{
    /// <summary>Ends when the time is up; never where the request has none.</summary>
    public static CancellationToken TokenOf(HttpContext context) => context.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken ?? CancellationToken.None;

    /// <summary>Answers as the endpoint's policy says: its status, else 504, and what it writes.</summary>
    public static async Task WriteAsync(HttpContext request, HttpContext answer)
    {
        var policy = PolicyOf(request);
        answer.Response.StatusCode = policy?.TimeoutStatusCode ?? StatusCodes.Status504GatewayTimeout;
        if (policy?.WriteTimeoutResponse is { } write)
        {
            await write(answer);
        }
    }

    private static RequestTimeoutPolicy? PolicyOf(HttpContext context)
    {
        var options = context.RequestServices.GetService<IOptions<RequestTimeoutOptions>>()?.Value;
        var metadata = context.GetEndpoint()?.Metadata;
        return metadata?.GetMetadata<RequestTimeoutPolicy>()
            ?? (metadata?.GetMetadata<RequestTimeoutAttribute>() is { } attribute
                ? attribute.PolicyName is { } name && options?.Policies.TryGetValue(name, out var named) == true ? named : null
                : options?.DefaultPolicy);
    }
}
