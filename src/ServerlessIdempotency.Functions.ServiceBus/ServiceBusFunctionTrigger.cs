using System.Reflection;
using System.Runtime.ExceptionServices;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Context.Features;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.Functions.Keys;
using ServerlessIdempotency.Functions.ServiceBus.Batches;
using ServerlessIdempotency.Functions.ServiceBus.Messages;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Functions.Worker;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.ServiceBus;

namespace ServerlessIdempotency.Functions.ServiceBus;

/// <summary>Functions that a Service Bus message starts.</summary>
internal sealed class ServiceBusFunctionTrigger(MessageExecution messages, BatchInvocation batches, IOptions<InboxOptions> inbox) : IIdempotentTrigger
{
    public KeySource DefaultKey { get; } = new KeySource.EventIdentity();

    public TimeSpan DefaultRetention => inbox.Value.Retention;

    public bool Starts(MethodInfo method) => TriggerOf(method) is not null;

    public IEnumerable<string> Check(FunctionDescription function, FunctionSettings settings, HostSettings host)
    {
        if (settings.Key is KeySource.Header || settings.RequireKey)
        {
            yield return "sets KeyHeader or RequireKey, which are for HTTP functions: use KeyProperty or KeyBodyPath. A message always needs a key.";
        }

        var (parameter, autoCompletes, isBatched, hasSessions) = TriggerOf(function.Method)!.Value;
        if (parameter.ParameterType != (isBatched ? typeof(ServiceBusReceivedMessage[]) : typeof(ServiceBusReceivedMessage)))
        {
            yield return isBatched
                ? "has IsBatched = true and is not bound to several messages: bind the trigger to a ServiceBusReceivedMessage[]."
                : "is not bound to one message: bind the trigger to a ServiceBusReceivedMessage, not to its body; for a batch set IsBatched = true and bind it to a ServiceBusReceivedMessage[].";
        }

        if (autoCompletes ?? host.AutoCompleteMessages)
        {
            yield return "lets the host complete messages, even those that are still in progress elsewhere: set AutoCompleteMessages = false on its trigger, or autoCompleteMessages to false in host.json.";
        }

        if (isBatched)
        {
            foreach (var fault in BatchCheck.Check(function, hasSessions, settings, host, inbox.Value))
            {
                yield return fault;
            }

            yield break;
        }

        if (settings.MessageTime is not null)
        {
            yield return "sets MessageTime, which is for batches: leave it out, or set IsBatched = true on its trigger.";
        }

        if (settings.Retention is { } retention)
        {
            // The rule of the inbox, for this function alone.
            var options = new InboxOptions { Retention = retention };
            (options.Rules.DuplicateDetectionWindow, options.Rules.MaxDeliveryCount) = (inbox.Value.Rules.DuplicateDetectionWindow, inbox.Value.Rules.MaxDeliveryCount);
            (options.Rules.LockDuration, options.Rules.DeadLetterResubmission) = (inbox.Value.Rules.LockDuration, inbox.Value.Rules.DeadLetterResubmission);
            options.Rules.MessageTimeToLive = inbox.Value.Rules.MessageTimeToLive;
            foreach (var fault in options.Validate())
            {
                yield return $"has Retention = {retention}, which stands for Inbox:Retention there. {fault}";
            }
        }

        if (function.ReturnType != typeof(void) && function.ReturnType != typeof(MessageOutcome))
        {
            yield return $"returns {function.ReturnType.Name}, which a duplicate would not: return nothing or a MessageOutcome.";
        }
    }

    public async Task InvokeAsync(FunctionContext context, FunctionExecutionDelegate next, FunctionSettings function)
    {
        // Bound here and kept by the worker: the function gets the very same objects.
        var inputs = await (context.Features.Get<IFunctionInputBindingFeature>()
            ?? throw new InvalidOperationException("The worker does not bind inputs ahead of the function.")).BindFunctionInputAsync(context);
        var actions = inputs.Values.OfType<ServiceBusMessageActions>().FirstOrDefault() ?? await MessageActionsBinding.BindAsync(context);
        if (inputs.Values.OfType<ServiceBusReceivedMessage[]>().FirstOrDefault() is { } batch)
        {
            await batches.InvokeAsync(context, next, function, batch, actions);
            return;
        }

        var message = inputs.Values.OfType<ServiceBusReceivedMessage>().Single();

        Settlement settlement;
        try
        {
            settlement = await ExecuteAsync(context, next, function, message);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The host stops. Given back at once, another instance need not wait for the lock to end.
            await actions.AbandonMessageAsync(message, cancellationToken: CancellationToken.None);
            throw;
        }

        // Not by the host's token: what is committed is to be settled even while the host stops, or it only comes again.
        switch (settlement)
        {
            case Settlement.Complete:
                await actions.CompleteMessageAsync(message, CancellationToken.None);
                break;
            case Settlement.DeadLetter letter:
                await actions.DeadLetterMessageAsync(message, propertiesToModify: null, letter.Reason, letter.Description, CancellationToken.None);
                break;
            default:
                await actions.AbandonMessageAsync(message, cancellationToken: CancellationToken.None);
                break;
        }

        if (((settlement as Settlement.Abandon)?.Cause ?? (settlement as Settlement.DeadLetter)?.Cause) is { } failure)
        {
            // So that the invocation counts as failed. The message is settled already, and the host leaves it as it is.
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private Task<Settlement> ExecuteAsync(FunctionContext context, FunctionExecutionDelegate next, FunctionSettings function, ServiceBusReceivedMessage message) =>
        messages.ExecuteAsync(
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

    // From the attribute's data: its property can't tell "false" from "not said", and then host.json decides.
    private static (ParameterInfo Parameter, bool? AutoCompletes, bool IsBatched, bool HasSessions)? TriggerOf(MethodInfo method)
    {
        foreach (var parameter in method.GetParameters())
        {
            if (parameter.GetCustomAttributesData().FirstOrDefault(data => data.AttributeType == typeof(ServiceBusTriggerAttribute)) is { } trigger)
            {
                return (
                    parameter,
                    Said(nameof(ServiceBusTriggerAttribute.AutoCompleteMessages)),
                    Said(nameof(ServiceBusTriggerAttribute.IsBatched)) ?? false,
                    Said(nameof(ServiceBusTriggerAttribute.IsSessionsEnabled)) ?? false);

                bool? Said(string setting) => trigger.NamedArguments
                    .Where(argument => argument.MemberName == setting)
                    .Select(argument => (bool?)argument.TypedValue.Value)
                    .FirstOrDefault();
            }
        }

        return null;
    }
}
