using Microsoft.AspNetCore.Mvc.Filters;
using ServerlessIdempotency.AspNetCore.Execution;

namespace ServerlessIdempotency.AspNetCore.Controllers;

/// <summary>The innermost action filter: says that the action was reached, which an invalid model keeps from happening.</summary>
internal sealed class ActionReachedFilter : IActionFilter, IOrderedFilter
{
    public int Order => int.MaxValue;

    public void OnActionExecuting(ActionExecutingContext context) => HandlerReached.Mark(context.HttpContext);

    public void OnActionExecuted(ActionExecutedContext context)
    {
    }
}
