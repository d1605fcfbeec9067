using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Functions.Keys;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.Functions.ServiceBus.Messages;

/// <summary>Executes a function by the inbox, as its attribute says.</summary>
internal sealed class MessageExecution(MessageInbox inbox, RedeliveryPolicy redelivery, IOptions<IdempotencyOptions> engineOptions, IServiceScopeFactory scopes, ILogger<MessageExecution> logger)
{
    /// <param name="message">The message.</param>
    /// <param name="function">What its function says.</param>
    /// <param name="run">The function; null counts as processed.</param>
    /// <param name="cancellationToken">The host stops.</param>
    /// <exception cref="OperationCanceledException">The host stops: another instance may have the message.</exception>
    public Task<Settlement> ExecuteAsync(
        InboundMessage message, FunctionSettings function, Func<OperationContext, CancellationToken, Task<MessageOutcome?>> run, CancellationToken cancellationToken)
    {
        var name = function.Operation ?? function.Name;
        return redelivery.ConsumeAsync(
            name,
            message,
            async token =>
            {
                var outcome = await ApplyAsync(name, message, function, run, token);
                if (outcome is InboxOutcome.Duplicate)
                {
                    logger.DuplicateCompleted(message.MessageId, name);
                }

                return outcome.ToSettlement();
            },
            cancellationToken);
    }

    private async Task<InboxOutcome> ApplyAsync(
        string name, InboundMessage message, FunctionSettings function, Func<OperationContext, CancellationToken, Task<MessageOutcome?>> run, CancellationToken cancellationToken)
    {
        var delivery = new InboxDelivery(name, message);
        if (function.PrincipalProperty is { } property)
        {
            var (principal, fault) = ChosenKey.PropertyOf(message, property);
            if (principal is null)
            {
                return Unnamed($"{fault} It names the principal.");
            }

            delivery = delivery with { Tenant = principal };
        }

        string? chosen = null;
        if (function.Key is not KeySource.EventIdentity)
        {
            (chosen, var lacking) = ChosenKey.Find(message, function.Key);
            if (chosen is null)
            {
                return Unnamed(lacking!);
            }

            delivery = delivery with { EventId = Inbox.EventId.FromText(chosen) };
        }

        return await inbox.ExecuteAsync(
            delivery,
            async (context, handlerToken) =>
            {
                var told = await run(context, handlerToken) ?? new MessageOutcome.Processed();
                return told is MessageOutcome.Rejected ? HandlerOutcome.Failed(told) : new HandlerOutcome<MessageOutcome>.Completed(told, OperationResult.Empty);
            },
            new InboxExecution<MessageOutcome>
            {
                Shape = operation => Shape(operation, name, message, function, chosen),
                Rejection = told => told is MessageOutcome.Rejected rejected ? new InboxOutcome.Rejected(rejected.Reason, rejected.Description) : null,
            },
            cancellationToken);
    }

    private Operation Shape(Operation operation, string name, InboundMessage message, FunctionSettings function, string? chosen)
    {
        operation = operation with
        {
            // The broker delivers an abandoned message again at once: to wait for the other's result, or for its lease to lapse, spares deliveries.
            Wait = (function.Lease ?? engineOptions.Value.Lease) + engineOptions.Value.ClockSkewMargin + TimeSpan.FromSeconds(1),
            Lease = function.Lease,
            MaxExecution = function.MaxExecution,
            CrashPolicy = function.CrashPolicy,
            Probe = function.ProbeType is { } probe ? (context, token) => ProbeAsync(probe, context, token) : null,
            Retention = function.Retention ?? operation.Retention,
        };
        return chosen is null ? operation : operation with { Key = ChosenKey.ToKey(chosen), Fingerprint = FingerprintOf(name, message) };
    }

    private async Task<ProbeOutcome<HandlerOutcome<OperationResult>>> ProbeAsync(Type probe, OperationContext context, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await probe.AskAsync(scope.ServiceProvider, context, cancellationToken);
    }

    private static InboxOutcome.Rejected Unnamed(string description) => new(RejectionReasons.EventIdMissing, description);

    private static Fingerprint FingerprintOf(string name, InboundMessage message)
    {
        if (message.ContentType is null || message.ContentType.Contains("json", StringComparison.OrdinalIgnoreCase))
        {
            try
            {
                return Fingerprint.FromJson(name, message.Body);
            }
            catch (CanonicalJsonException)
            {
                // What it is then is for the function to say; every byte counts.
            }
        }

        return Fingerprint.FromBytes(name, message.Body.Span);
    }
}
