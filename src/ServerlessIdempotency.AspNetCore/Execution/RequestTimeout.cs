using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.AspNetCore.Responses;

namespace ServerlessIdempotency.AspNetCore.Execution;

/// <summary>The time-out that ASP.NET Core's middleware sets for a request (<c>AddRequestTimeouts</c>).</summary>
internal static class RequestTimeout
{
    /// <summary>Ends when the time is up; never where the request has none.</summary>
    public static CancellationToken TokenOf(HttpContext context) => context.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken ?? CancellationToken.None;

    /// <summary>Whether the time is up. Where that cancels an answer, the exception goes up to the middleware, which answers as the policy says.</summary>
    public static bool IsUp(HttpContext context) => TokenOf(context).IsCancellationRequested;

    /// <summary>
    /// Answers as the endpoint's policy says where the time is up before an answer was begun: begun with its token cancelled already, it would have a length and no body.
    /// </summary>
    /// <returns>Whether the time is up.</returns>
    public static async Task<bool> TryAnswerAsync(HttpContext context)
    {
        // While an endpoint is captured its caller may be answered already; it goes on.
        if (!IsUp(context) || context.Features.Get<IHttpResponseFeature>() is CapturedResponse)
        {
            return false;
        }

        await WriteAsync(context, context);
        return true;
    }

    /// <summary>Answers as the endpoint's policy says: its status, else 504, and what it writes.</summary>
    private static async Task WriteAsync(HttpContext request, HttpContext answer)
    {
        var policy = PolicyOf(request);
        answer.Response.StatusCode = policy?.TimeoutStatusCode ?? StatusCodes.Status504GatewayTimeout;
        if (policy?.WriteTimeoutResponse is { } write)
        {
            await write(answer);
        }
    }

    /// <summary>The same as the whole answer, while whatever serves the request goes on.</summary>
    public static async Task AnswerAsync(HttpContext request, HttpContext answer)
    {
        if (HttpProtocol.IsHttp11(answer.Request.Protocol) || HttpProtocol.IsHttp10(answer.Request.Protocol))
        {
            // The connection is not free for a next request before that is done.
            answer.Response.Headers.Connection = "close";
        }

        await WriteAsync(request, answer);
        await answer.Response.CompleteAsync();
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
