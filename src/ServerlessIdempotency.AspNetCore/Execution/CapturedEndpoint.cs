using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.AspNetCore.Responses;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.AspNetCore.Execution;

/// <summary>Runs an endpoint that knows nothing of outcomes as a handler: its captured response is the result.</summary>
internal sealed class CapturedEndpoint(HttpContext context, HttpIdempotencyOptions options, RequestDelegate endpoint)
{
    public async Task<HandlerOutcome<OperationResult>> RunAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var current = context.RequestServices?.GetService<CurrentOperation>();
        OperationResult answer;
        var disconnected = context.RequestAborted;
        using var response = new CapturedResponse(context);
        try
        {
            context.Features.Set(operation);
            current?.Context = operation;

            // What the endpoint's CancellationToken binds to: a lost claim stops it, a caller who leaves does not.
            context.RequestAborted = cancellationToken;
            await endpoint(context);
            answer = await response.FinishAsync();
        }
        finally
        {
            context.RequestAborted = disconnected;
            context.Features.Set<OperationContext>(null);
            current?.Context = null;
        }

        // The caller whose call ran gets the whole answer; stored is only what a replay repeats.
        return IsFinal(answer.StatusCode)
            ? new HandlerOutcome<OperationResult>.Completed(answer, answer with { Headers = [.. answer.Headers.Where(header => options.ReplayedHeaders.Contains(header.Key))] })
            : HandlerOutcome.Failed(answer);
    }

    // 408, 425 and 429 say "not now", not "no": stored, they would refuse every retry until the retention ends.
    private static bool IsFinal(int status) =>
        status is < 500 and not (StatusCodes.Status408RequestTimeout or 425 or StatusCodes.Status429TooManyRequests);
}
