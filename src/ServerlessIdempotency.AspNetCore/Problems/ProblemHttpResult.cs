using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Execution;
using ServerlessIdempotency.AspNetCore.Responses;

namespace ServerlessIdempotency.AspNetCore.Problems;

/// <summary>Answers with a problem, by its own JSON context: the app's JSON settings and its problem-details service do not change the contract.</summary>
internal sealed class ProblemHttpResult(Uri typeBase, Problem problem) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => problem.Status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (await RequestTimeout.TryAnswerAsync(httpContext))
        {
            return;
        }

        var document = new ProblemDocument(typeBase.OriginalString + problem.Name, problem.Title, problem.Status, problem.Detail);
        var body = JsonSerializer.SerializeToUtf8Bytes(document, ProblemJsonContext.Default.ProblemDocument);
        var response = httpContext.Response;
        response.StatusCode = problem.Status;
        response.ContentType = "application/problem+json";
        if (problem.RetryAfter is { } retryAfter)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds));
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (problem.GrantedWait is { } wait)
        {
            response.Headers[IdempotencyHeaders.PreferenceApplied] = string.Create(CultureInfo.InvariantCulture, $"wait={wait}");
        }

        response.ContentLength = body.Length;
        await AnswerBody.WriteAsync(httpContext, (stream, token) => stream.WriteAsync(body, token).AsTask());
    }
}
