using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace Payments.Functions.Startup;

/// <summary>Gives a request whose function failed a body of <c>application/problem+json</c>, as the local host does. Other functions fail as they are.</summary>
internal sealed class ProblemMiddleware(ILogger<ProblemMiddleware> logger) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.GetHttpContext() is { } http && (http.RequestAborted.IsCancellationRequested || context.CancellationToken.IsCancellationRequested))
        {
            // The caller has hung up and reads no answer; that is no failure of the function. The status is the one that ASP.NET Core notes for it.
            context.GetInvocationResult().Value = TypedResults.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
        catch (Exception exception) when (context.GetHttpContext() is { Response.HasStarted: false })
        {
            // A body that the server itself refuses to read says its own status.
            var status = (exception as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError;
            if (status < StatusCodes.Status500InternalServerError)
            {
                logger.RequestRefused(context.FunctionDefinition.Name, status, exception);
            }
            else
            {
                logger.RequestFailed(context.FunctionDefinition.Name, status, exception);
            }

            context.GetInvocationResult().Value = TypedResults.Problem(statusCode: status, title: ReasonPhrases.GetReasonPhrase(status), type: "about:blank");
        }
    }
}
