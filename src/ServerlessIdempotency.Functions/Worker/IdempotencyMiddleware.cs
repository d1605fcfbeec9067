using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Context.Features;
using Microsoft.Azure.Functions.Worker.Middleware;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Functions.Http;
using ServerlessIdempotency.Functions.Messages;
using ServerlessIdempotency.Functions.Settings;

namespace ServerlessIdempotency.Functions.Worker;

/// <summary>Stands before every function; those without <see cref="IdempotentAttribute"/> just run.</summary>
internal sealed class IdempotencyMiddleware(FunctionCatalog catalog, HttpExecution http, MessageExecution messages) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        switch (catalog.Find(context.FunctionDefinition))
        {
            case { Kind: FunctionKind.Http } function:
                await InvokeHttpAsync(context, next, function);
                break;
            case { Kind: FunctionKind.ServiceBus } function:
                await InvokeServiceBusAsync(context, next, function);
                break;
            default:
                await next(context);
                break;
        }
    }

    private async Task InvokeHttpAsync(FunctionContext context, FunctionExecutionDelegate next, FunctionSettings function)
    {
        var request = context.GetHttpContext()?.Request
            ?? throw new InvalidOperationException("There is no HttpContext: call builder.ConfigureFunctionsWebApplication() before builder.UseIdempotency().");
        var answer = await http.ExecuteAsync(
            request,
            function,
            async token =>
            {
                using var current = CurrentOperation.Enter(context, request.HttpContext.GetOperation(), token);
                await next(context);
                return context.GetInvocationResult().Value;
            },
            context.CancellationToken);

        // The ASP.NET Core integration, which stands before this, writes it.
        context.GetInvocationResult().Value = answer;
    }

    private async Task InvokeServiceBusAsync(FunctionContext context, FunctionExecutionDelegate next, FunctionSettings function)
    {
        // Bound here and kept by the worker: the function gets the very same objects.
        var inputs = await (context.Features.Get<IFunctionInputBindingFeature>()
            ?? throw new InvalidOperationException("The worker does not bind inputs ahead of the function.")).BindFunctionInputAsync(context);
        var message = inputs.Values.OfType<ServiceBusReceivedMessage>().Single();
        var actions = inputs.Values.OfType<ServiceBusMessageActions>().FirstOrDefault() ?? await MessageActionsBinding.BindAsync(context);

        var settlement = await messages.ExecuteAsync(
            message.ToInboundMessage(),
            function,
            async (operation, token) =>
            {
                using var current = CurrentOperation.Enter(context, operation, token);
                await next(context);
                var returned = context.GetInvocationResult();
                var outcome = returned.Value as MessageOutcome;
                returned.Value = null;
                return outcome;
            },
            context.CancellationToken);

        // Not by the host's token: what is committed is to be settled even while the host stops, or it only comes again.
        switch (settlement)
        {
            case MessageSettlement.Complete:
                await actions.CompleteMessageAsync(message, CancellationToken.None);
                break;
            case MessageSettlement.Abandon:
                await actions.AbandonMessageAsync(message, cancellationToken: CancellationToken.None);
                break;
            case MessageSettlement.DeadLetter letter:
                await actions.DeadLetterMessageAsync(message, propertiesToModify: null, letter.Reason, letter.Description, CancellationToken.None);
                break;
        }

        if (settlement.Cause is { } cause)
        {
            // So that the invocation counts as failed. The message is settled already, and the host leaves it as it is.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
        }
    }
}
