using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.AspNetCore.Responses;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.AspNetCore.Execution;

/// <summary>Runs an endpoint that knows nothing of outcomes as a handler: its captured response is the result.</summary>
internal sealed class CapturedEndpoint(HttpContext context, HttpIdempotencyOptions options, RequestDelegate endpoint)
{
    /// <summary>The endpoint's whole answer, with the headers that only this caller gets.</summary>
    public OperationResult? Answer { get; private set; }

    public async Task<HandlerOutcome> RunAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var current = context.RequestServices?.GetService<CurrentOperation>();
        var disconnected = context.RequestAborted;
        using var response = new CapturedResponse(context);
        try
        {
            context.Features.Set(operation);
            current?.Context = operation;

            // What the endpoint's CancellationToken binds to: a lost claim stops it, a caller who leaves does not.
            context.RequestAborted = cancellationToken;
            await endpoint(context);
            Answer = await response.FinishAsync();
        }
        finally
        {
            context.RequestAborted = disconnected;
            context.Features.Set<OperationContext>(null);
            current?.Context = null;
        }

        var stored = Answer with { Headers = [.. Answer.Headers.Where(header => options.ReplayedHeaders.Contains(header.Key))] };
        return IsFinal(stored.StatusCode) ? new HandlerOutcome.Completed(stored) : new HandlerOutcome.Failed(stored);
    }

    // 408, 425 and 429 say "not now", not "no": stored, they would refuse every retry until the retention ends.
    private static bool IsFinal(int status) =>
        status is < 500 and not (StatusCodes.Status408RequestTimeout or 425 or StatusCodes.Status429TooManyRequests);
}
