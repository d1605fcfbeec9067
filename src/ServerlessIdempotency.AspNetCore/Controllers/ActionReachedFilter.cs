using Microsoft.AspNetCore.Mvc.Filters;
using ServerlessIdempotency.AspNetCore.Execution;

namespace ServerlessIdempotency.AspNetCore.Controllers;

/// <summary>The innermost filter of actions and of pages' handlers: says that they were reached, which an action's invalid model keeps from happening.</summary>
internal sealed class ActionReachedFilter : IActionFilter, IPageFilter, IOrderedFilter
{
    public int Order => int.MaxValue;

    public void OnActionExecuting(ActionExecutingContext context) => HandlerReached.Mark(context.HttpContext);

    public void OnActionExecuted(ActionExecutedContext context)
    {
    }

    public void OnPageHandlerSelected(PageHandlerSelectedContext context)
    {
    }

    public void OnPageHandlerExecuting(PageHandlerExecutingContext context) => HandlerReached.Mark(context.HttpContext);

    public void OnPageHandlerExecuted(PageHandlerExecutedContext context)
    {
    }
}
