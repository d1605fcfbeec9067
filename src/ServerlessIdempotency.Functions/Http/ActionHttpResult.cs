using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;

namespace ServerlessIdempotency.Functions.Http;

/// <summary>An MVC result as a minimal API's.</summary>
internal sealed class ActionHttpResult(IActionResult result) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => result.ExecuteResultAsync(new ActionContext(httpContext, httpContext.GetRouteData(), new ActionDescriptor()));
}
