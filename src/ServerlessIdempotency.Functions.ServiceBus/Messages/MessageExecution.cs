using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.Functions.ServiceBus.Messages;

/// <summary>Executes a message once and says how it is to be settled (law 9): completed only after its effects are committed, never dropped.</summary>
internal sealed class MessageExecution(
    IdempotencyEngine engine,
    IOptions<IdempotencyOptions> engineOptions,
    IOptions<FunctionIdempotencyOptions> functionOptions,
    IOptions<InboxOptions> inboxOptions,
    TimeProvider timeProvider,
    ILogger<MessageExecution> logger)
{
    // What the broker takes as a description; the rest would be refused.
    private const int MaxDescription = 4096;

    private readonly FunctionIdempotencyOptions _options = functionOptions.Value;

    /// <param name="message">The message.</param>
    /// <param name="function">What its function says.</param>
    /// <param name="run">The function; null counts as processed.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public async Task<MessageSettlement> ExecuteAsync(
        InboundMessage message, FunctionSettings function, Func<OperationContext, CancellationToken, Task<MessageOutcome?>> run, CancellationToken cancellationToken)
    {
        var name = function.Operation ?? function.Name;
        var principal = "";
        if (function.PrincipalProperty is { } principalProperty)
        {
            if (MessageKey.PropertyOf(message, principalProperty) is not { } value)
            {
                return DeadLetter(message, name, DeadLetterReason.KeyMissing, $"The message has no application property '{principalProperty}', which names the principal.");
            }

            principal = value;
        }

        var reading = MessageKey.Of(message, function.Key, inboxOptions.Value.EventIdProperty);
        if (reading is not MessageKey.Found key)
        {
            var missing = (MessageKey.Missing)reading;
            return DeadLetter(message, name, missing.Reason, missing.Description);
        }

        var operation = new Operation
        {
            Scope = new OperationScope(principal, name),
            Key = key.Key,

            // CloudEvents 1.0: what has the same source and id is the same event, even if its sender wrote it anew in other bytes.
            Fingerprint = key.NamesEvent ? Fingerprint.FromBytes(name, Encoding.UTF8.GetBytes(key.Key.Value)) : FingerprintOf(name, message),
            LikelyRetry = message.DeliveryCount > 1,

            // The broker delivers an abandoned message again at once: to wait for the other's result, or for its lease to lapse, spares deliveries.
            Wait = (function.Lease ?? engineOptions.Value.Lease) + engineOptions.Value.ClockSkewMargin + TimeSpan.FromSeconds(1),
            Lease = function.Lease,
            Retention = function.Retention ?? _options.ProcessedEventRetention,
        };

        ExecutionOutcome<MessageOutcome> outcome;
        try
        {
            outcome = await engine.ExecuteAsync(
                operation,
                async (context, handlerToken) =>
                {
                    var told = await run(context, handlerToken) ?? new MessageOutcome.Processed();
                    return told is MessageOutcome.Rejected ? HandlerOutcome.Failed(told) : new HandlerOutcome<MessageOutcome>.Completed(told, OperationResult.Empty);
                },
                cancellationToken);
        }
        catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested)
        {
            logger.Abandoned(message.MessageId, name, message.DeliveryCount, "the host stops", exception: null);
            return new MessageSettlement.Abandon { Cause = exception };
        }
        catch (Exception exception)
        {
            return await RetryAsync(message, name, DeadLetterReason.FunctionFailed, $"{exception.GetType().Name}: {exception.Message}", exception, cancellationToken);
        }

        switch (outcome)
        {
            case ExecutionOutcome<MessageOutcome>.Executed:
                return new MessageSettlement.Complete();
            case ExecutionOutcome<MessageOutcome>.Replayed:
                logger.DuplicateCompleted(message.MessageId, name);
                return new MessageSettlement.Complete();
            case ExecutionOutcome<MessageOutcome>.Mismatch:
                return DeadLetter(message, name, DeadLetterReason.KeyReused, "Another message with the same key has other content; nothing was executed.");
            case ExecutionOutcome<MessageOutcome>.NotStored { Value: MessageOutcome.Rejected rejected }:
                return DeadLetter(message, name, rejected.Reason, rejected.Description);
            case ExecutionOutcome<MessageOutcome>.InProgress inProgress:
                return await RetryAsync(
                    message, name, DeadLetterReason.StillInProgress, $"Another execution holds the claim for another {inProgress.RetryAfter}.", cause: null, cancellationToken);
            case ExecutionOutcome<MessageOutcome>.Unavailable unavailable:
                return await RetryAsync(message, name, DeadLetterReason.StoreUnavailable, unavailable.Cause.Message, unavailable.Cause, cancellationToken);
            case ExecutionOutcome<MessageOutcome>.Contended contended:
                return await RetryAsync(
                    message, name, DeadLetterReason.Contended, $"The rows that the function reads kept changing, {contended.Attempts} times.", cause: null, cancellationToken);
            default:
                // A claim that was lost after the function had rejected the message: what its new owner does counts.
                return await RetryAsync(message, name, DeadLetterReason.FunctionFailed, $"Nothing was stored ({outcome.GetType().Name}).", cause: null, cancellationToken);
        }
    }

    /// <summary>Sends the message round again, a little later each time; at its last delivery it goes to the dead-letter queue with the reason.</summary>
    private async Task<MessageSettlement> RetryAsync(
        InboundMessage message, string name, string reason, string description, Exception? cause, CancellationToken cancellationToken)
    {
        if (message.DeliveryCount >= _options.MaxDeliveryCount)
        {
            return DeadLetter(message, name, reason, $"{description} This was delivery {message.DeliveryCount} of {_options.MaxDeliveryCount}.", cause);
        }

        try
        {
            await Task.Delay(_options.PauseAfter(message.DeliveryCount), timeProvider, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The host stops: another instance may have it at once.
        }

        logger.Abandoned(message.MessageId, name, message.DeliveryCount, reason, cause);
        return new MessageSettlement.Abandon { Cause = cause };
    }

    private MessageSettlement.DeadLetter DeadLetter(InboundMessage message, string name, string reason, string description, Exception? cause = null)
    {
        logger.DeadLettered(message.MessageId, name, message.DeliveryCount, reason, cause);
        return new MessageSettlement.DeadLetter(reason, description.Length <= MaxDescription ? description : description[..MaxDescription]) { Cause = cause };
    }

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
