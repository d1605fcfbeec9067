using Azure.Messaging.ServiceBus;
using FunctionsHost.Messages;

namespace FunctionsHost;

/// <summary>Receives several messages at once for a batched function. As the host's extension, it stays in a session until that has no more messages, and renews no lock.</summary>
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
                while (await receiver.ReceiveMessagesAsync(MaxMessages, MaxWait, _stopping.Token) is { Count: > 0 } batch)
                {
                    await InvokeAsync(receiver, batch);
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

    private async Task InvokeAsync(ServiceBusReceiver receiver, IReadOnlyList<ServiceBusReceivedMessage> batch)
    {
        var held = batch.Select(message => new HeldMessage(
            message,
            () => receiver.CompleteMessageAsync(message),
            () => receiver.AbandonMessageAsync(message),
            (reason, description) => receiver.DeadLetterMessageAsync(message, reason, description),
            () => receiver is ServiceBusSessionReceiver session ? session.RenewSessionLockAsync() : receiver.RenewMessageLockAsync(message))).ToList();
        held.ForEach(messages.Add);
        try
        {
            var data = new CollectionModelBindingData { ModelBindingData = { batch.Select(QueueListener.Encode) } };
            await host.InvokeAsync(function.Name, [new ParameterBinding { Name = function.Parameter, Data = new TypedData { CollectionModelBindingData = data } }], _stopping.Token);
            foreach (var unsettled in held.Where(message => !message.IsSettled))
            {
                messages.Unsettled.Enqueue($"{unsettled.Message.MessageId} by {function.Name}");
            }
        }
        catch (InvocationFailedException exception)
        {
            host.Errors.Enqueue(exception);
        }
        finally
        {
            held.ForEach(messages.Remove);
        }
    }
}
