using System.Text.Json;
using Azure.Messaging.ServiceBus;
using FunctionsHost.Messages;

namespace FunctionsHost;

/// <summary>
/// Receives several messages at once for a batched function. As the host's extension, it stays in a session until that has no more messages or its function has released it, renews no lock,
/// and abandons what a function that failed has not settled.
/// </summary>
internal sealed class BatchLoop(FunctionHost host, HostedFunction function, ServiceBusClient client, HeldMessages messages) : IAsyncDisposable
{
    private const int MaxMessages = 100;

    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public Task StartAsync()
    {
        _running = Task.Run(RunAsync);
        return Task.CompletedTask;
    }

    /// <summary>Waits for the batch in hand.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var queue = function.Text("queueName");
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await using var receiver = function.IsTrue("isSessionsEnabled") ? await client.AcceptNextSessionAsync(queue, cancellationToken: _stopping.Token) : client.CreateReceiver(queue);
                while (await receiver.ReceiveMessagesAsync(MaxMessages, MaxWait, _stopping.Token) is { Count: > 0 } batch && !await InvokeAsync(receiver, batch))
                {
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (ServiceBusException exception) when (exception.Reason == ServiceBusFailureReason.ServiceTimeout)
            {
                // No session has messages.
            }
            catch (Exception exception)
            {
                host.Errors.Enqueue(exception);
            }
        }
    }

    /// <returns>Whether the function released the session.</returns>
    private async Task<bool> InvokeAsync(ServiceBusReceiver receiver, IReadOnlyList<ServiceBusReceivedMessage> batch)
    {
        var session = receiver as ServiceBusSessionReceiver;
        var held = batch.Select(message => new HeldMessage(
            message,
            () => receiver.CompleteMessageAsync(message),
            () => receiver.AbandonMessageAsync(message),
            (reason, description) => receiver.DeadLetterMessageAsync(message, reason, description),
            () => session?.RenewSessionLockAsync() ?? receiver.RenewMessageLockAsync(message))).ToList();
        held.ForEach(messages.Add);
        if (session is not null)
        {
            messages.IsReleased.TryAdd(session.SessionId, false);
        }

        var isReleased = false;
        try
        {
            var data = new CollectionModelBindingData { ModelBindingData = { batch.Select(QueueListener.Encode) } };
            await host.InvokeAsync(
                function.Name, [new ParameterBinding { Name = function.Parameter, Data = new TypedData { CollectionModelBindingData = data } }], _stopping.Token, TriggerMetadata(session, batch));
        }
        catch (InvocationFailedException exception)
        {
            host.Errors.Enqueue(exception);
            foreach (var unsettled in held.Where(message => !message.IsSettled))
            {
                unsettled.IsSettled = true;
                await unsettled.AbandonAsync();
            }
        }
        finally
        {
            held.ForEach(messages.Remove);
            if (session is not null)
            {
                messages.IsReleased.TryRemove(session.SessionId, out isReleased);
            }
        }

        foreach (var unsettled in held.Where(message => !message.IsSettled && !isReleased))
        {
            messages.Unsettled.Enqueue($"{unsettled.Message.MessageId} by {function.Name}");
        }

        return isReleased;
    }

    // The actions of a session are told as what they show of themselves, on queues without sessions too.
    private static Dictionary<string, TypedData> TriggerMetadata(ServiceBusSessionReceiver? session, IReadOnlyList<ServiceBusReceivedMessage> batch) => new()
    {
        ["SessionActions"] = new TypedData { Json = session is null ? "{}" : JsonSerializer.Serialize(new { session.SessionLockedUntil }) },
        ["SessionIdArray"] = new TypedData { CollectionString = new CollectionString { String = { batch.Select(message => message.SessionId ?? "") } } },
    };
}
