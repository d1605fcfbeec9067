using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.ServiceBus;

/// <summary>Consumes the messages of one queue for as long as the app runs, and takes the broker's absence as a matter of time.</summary>
internal sealed class QueueConsumer(string queue, MessageConsumer consumer, ServiceBusConsumerOptions options, ConsumerClient client, ILogger<QueueConsumer> logger) : IHostedService, IAsyncDisposable
{
    private readonly ReceiveErrors _errors = new(queue, logger);
    private ServiceBusSessionProcessor? _sessions;
    private ServiceBusProcessor? _messages;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.HasSessions)
        {
            _sessions = client.Client.CreateSessionProcessor(queue, new ServiceBusSessionProcessorOptions
            {
                AutoCompleteMessages = false,
                MaxConcurrentSessions = options.Concurrency,
                MaxConcurrentCallsPerSession = 1,
                SessionIdleTimeout = options.SessionIdleTimeout,

                // For as long as the consumer takes: it has limits of its own.
                MaxAutoLockRenewalDuration = Timeout.InfiniteTimeSpan,
            });
            _sessions.ProcessMessageAsync += args => ConsumeAsync(
                args.Message,
                args.CompleteMessageAsync,
                (message, token) => args.AbandonMessageAsync(message, propertiesToModify: null, token),
                (message, letter, token) => args.DeadLetterMessageAsync(message, letter.Reason, letter.Description, token),
                args.CancellationToken);
            _sessions.ProcessErrorAsync += _errors.FailedAsync;
            return _sessions.StartProcessingAsync(cancellationToken);
        }

        _messages = client.Client.CreateProcessor(queue, new ServiceBusProcessorOptions
        {
            AutoCompleteMessages = false,
            MaxConcurrentCalls = options.Concurrency,
            MaxAutoLockRenewalDuration = Timeout.InfiniteTimeSpan,
        });
        _messages.ProcessMessageAsync += args => ConsumeAsync(
            args.Message,
            args.CompleteMessageAsync,
            (message, token) => args.AbandonMessageAsync(message, propertiesToModify: null, token),
            (message, letter, token) => args.DeadLetterMessageAsync(message, letter.Reason, letter.Description, token),
            args.CancellationToken);
        _messages.ProcessErrorAsync += _errors.FailedAsync;
        return _messages.StartProcessingAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_sessions?.StopProcessingAsync(cancellationToken) ?? Task.CompletedTask, _messages?.StopProcessingAsync(cancellationToken) ?? Task.CompletedTask);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The app does not wait any longer; locks end with the connection.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await (_sessions?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_messages?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task ConsumeAsync(
        ServiceBusReceivedMessage message,
        Func<ServiceBusReceivedMessage, CancellationToken, Task> complete,
        Func<ServiceBusReceivedMessage, CancellationToken, Task> abandon,
        Func<ServiceBusReceivedMessage, Settlement.DeadLetter, CancellationToken, Task> deadLetter,
        CancellationToken cancellationToken)
    {
        _errors.Received();
        Settlement settlement;
        try
        {
            var inbound = message.ToInboundMessage();
            settlement = inbound.BodyFault is { } fault ? Settlement.DeadLetter.Create(RejectionReasons.BodyUnreadable, fault) : await consumer(inbound, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Unsettled, it comes again as soon as its session or its link is closed, and the broker does not count it.
            return;
        }

        // Not by the token: what is committed is to be settled even while the app stops, or it only comes again.
        await (settlement switch
        {
            Settlement.Complete => complete(message, CancellationToken.None),
            Settlement.DeadLetter letter => deadLetter(message, letter, CancellationToken.None),
            _ => abandon(message, CancellationToken.None),
        });
    }
}
