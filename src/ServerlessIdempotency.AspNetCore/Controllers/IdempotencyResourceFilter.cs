using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;
using ServerlessIdempotency.AspNetCore.Endpoints;

namespace ServerlessIdempotency.AspNetCore.Controllers;

/// <summary>
/// Executes actions once. As a resource filter it runs after every authorization filter and around binding, action and result; as the innermost one, other resource filters run at
/// every request.
/// </summary>
/// <param name="services">The app's services.</param>
internal sealed class IdempotencyResourceFilter(IServiceProvider services) : IAsyncResourceFilter, IOrderedFilter
{
    public int Order => int.MaxValue;

    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        if (context.HttpContext.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<IIdempotencyMetadata>() is null)
        {
            await next();
            return;
        }

        var settings = EndpointSettings.Of(services, endpoint);
        var hasRun = false;
        var answer = await settings.ExecuteAsync(context.HttpContext, async _ =>
        {
            hasRun = true;
            if (await next() is { Exception: { } exception, ExceptionHandled: false } executed)
            {
                // It goes up to the app's own exception handling from here.
                executed.ExceptionHandled = true;
                ExceptionDispatchInfo.Throw(exception);
            }
        });
        if (answer is null)
        {
            await next();
        }
        else if (hasRun)
        {
            await answer.ExecuteAsync(context.HttpContext);
        }
        else
        {
            context.Result = new HttpResultAction(answer);
        }
    }
}
