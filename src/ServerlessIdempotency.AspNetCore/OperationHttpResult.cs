using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ServerlessIdempotency.AspNetCore.Execution;
using ServerlessIdempotency.AspNetCore.Responses;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.AspNetCore;

/// <summary>Answers with the result of an operation: its status, headers and body bytes, and what the contract adds.</summary>
/// <param name="result">The result.</param>
/// <param name="expiresAt">Until when it is replayed; null where it is not stored under a key of the client.</param>
/// <param name="isReplayed">Whether it is the stored result of an earlier call.</param>
public sealed class OperationHttpResult(OperationResult result, DateTimeOffset? expiresAt = null, bool isReplayed = false) : IResult, IStatusCodeHttpResult
{
    /// <summary>The result.</summary>
    public OperationResult Result { get; } = result;

    /// <summary>Until when the result is replayed; null where it is not stored under a key of the client.</summary>
    public DateTimeOffset? ExpiresAt { get; } = expiresAt;

    /// <summary>Whether this is the stored result of an earlier call.</summary>
    public bool IsReplayed { get; } = isReplayed;

    /// <summary>The wait that was granted to the caller, in seconds, where the answer depended on it.</summary>
    internal int? GrantedWait { get; init; }

    /// <summary>Whether the result has every header of the answer, so that what was set before the endpoint ran and removed by it is removed here too.</summary>
    internal bool IsWhole { get; init; }

    /// <summary>The body where it is too large to be stored and this is the caller whose call executed.</summary>
    internal CapturedBody? LargeBody { get; init; }

    /// <summary>The text beside the status that the endpoint set; null for the usual one.</summary>
    internal string? ReasonPhrase { get; init; }

    /// <summary>The name of the header that marks a replay.</summary>
    internal string ReplayedHeader { get; init; } = IdempotencyHeaders.Replayed;

    /// <summary>The result's status.</summary>
    public int? StatusCode => Result.StatusCode;

    /// <summary>Writes the answer.</summary>
    /// <param name="httpContext">The request.</param>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        if (await RequestTimeout.TryAnswerAsync(httpContext))
        {
            return;
        }

        var response = httpContext.Response;
        response.StatusCode = Result.StatusCode;
        if (ReasonPhrase is not null)
        {
            httpContext.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = ReasonPhrase;
        }

        if (IsWhole)
        {
            response.Headers.Clear();
        }

        var headers = IsReplayed ? Result.Headers.Where(header => !ReplayedHeaders.IsLeftOut(header.Key, Result.StatusCode)) : Result.Headers;
        foreach (var header in headers.GroupBy(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase))
        {
            response.Headers[header.Key] = header.ToArray();
        }

        if (ExpiresAt is { } expiresAt)
        {
            response.Headers[IdempotencyHeaders.Expires] = expiresAt.ToString("R", CultureInfo.InvariantCulture);
        }

        if (IsReplayed)
        {
            response.Headers[ReplayedHeader] = "true";
        }

        if (GrantedWait is { } seconds)
        {
            response.Headers[IdempotencyHeaders.PreferenceApplied] = string.Create(CultureInfo.InvariantCulture, $"wait={seconds}");
        }

        if (Result.OmittedBodyLength is { } omitted && LargeBody is null && Result.Body.IsEmpty)
        {
            response.Headers[IdempotencyHeaders.BodyOmitted] = omitted.ToString(CultureInfo.InvariantCulture);

            // There is nothing to decode.
            response.Headers.Remove("Content-Encoding");
        }

        // An empty body is not begun: the server says its length, and middleware such as status code pages may still write one.
        if (Result.StatusCode is < 200 or 204 or 304 || (Result.Body.IsEmpty && LargeBody is null))
        {
            return;
        }

        response.ContentLength = LargeBody?.Length ?? Result.Body.Length;
        await AnswerBody.WriteAsync(httpContext, (body, token) => LargeBody?.CopyToAsync(body, token) ?? body.WriteAsync(Result.Body, token).AsTask());
    }
}
