using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace ServerlessIdempotency.AspNetCore.Controllers;

/// <summary>An answer as the result of an action that did not run.</summary>
/// <param name="answer">The answer.</param>
internal sealed class HttpResultAction(IResult answer) : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context) => answer.ExecuteAsync(context.HttpContext);
}
