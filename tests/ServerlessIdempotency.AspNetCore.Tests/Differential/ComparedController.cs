using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace ServerlessIdempotency.AspNetCore.Tests.Differential;

/// <summary>Actions as features; the comparison gives them their routes.</summary>
public sealed class ComparedController : ControllerBase
{
    public IActionResult Made([FromBody] Thing thing) => Created("/things/1", thing);

    public ActionResult<Thing> Typed() => Accepted(new Thing { Amount = 7 });

    [Produces("application/json")]
    public string Produced() => Request.Method;

    [AddHeader]
    public IActionResult Filtered() => Ok("inner");

    [Surround]
    public IActionResult Surrounded() => Ok("inner");

    [Replace]
    public IActionResult Thrown() => throw new InvalidOperationException($"{Request.Method} broke.");

    public IActionResult Judged([FromBody] Thing thing) => ModelState.IsValid ? Ok(thing) : BadRequest(ModelState);

    public IActionResult Sent() => File("bytes"u8.ToArray(), "application/octet-stream", "bytes.bin");

    public sealed class Thing
    {
        [Range(5, 100)]
        public int Amount { get; set; }
    }

    private sealed class AddHeaderAttribute : ResultFilterAttribute
    {
        public override void OnResultExecuting(ResultExecutingContext context)
        {
            context.HttpContext.Response.Headers["Link"] = "</filtered>";
            context.Result = new OkObjectResult("outer");
        }
    }

    private sealed class ReplaceAttribute : ExceptionFilterAttribute
    {
        public override void OnException(ExceptionContext context) => context.Result = new ConflictObjectResult(context.Exception.Message);
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class SurroundAttribute : Attribute, IAuthorizationFilter, IResourceFilter, IAlwaysRunResultFilter
    {
        public void OnAuthorization(AuthorizationFilterContext context) => context.HttpContext.Response.Headers["X-Authorized"] = "1";

        public void OnResourceExecuting(ResourceExecutingContext context) => context.HttpContext.Response.Headers["X-Resource"] = "1";

        public void OnResourceExecuted(ResourceExecutedContext context)
        {
        }

        public void OnResultExecuting(ResultExecutingContext context) => context.HttpContext.Response.Headers["X-Result"] = "1";

        public void OnResultExecuted(ResultExecutedContext context)
        {
        }
    }
}
