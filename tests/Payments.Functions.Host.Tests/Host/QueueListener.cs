using Azure.Messaging.ServiceBus;
using Google.Protobuf;
using Payments.Functions.Host.Tests.Host.Messages;

namespace Payments.Functions.Host.Tests.Host;

/// <summary>Receives for one function and gives it each message, as the host's extension does. A function that fails without having settled leaves its message abandoned.</summary>
internal sealed class QueueListener : IAsyncDisposable
{
    private readonly ServiceBusSessionProcessor _processor;

    public QueueListener(FunctionHost host, HostedFunction function, ServiceBusClient client, HeldMessages held)
    {
        _processor = client.CreateSessionProcessor(function.Text("queueName"), new ServiceBusSessionProcessorOptions
        {
            AutoCompleteMessages = false,
            MaxConcurrentSessions = 8,
            SessionIdleTimeout = TimeSpan.FromMilliseconds(20),
        });
        _processor.ProcessMessageAsync += async args =>
        {
            held.Add(args);
            try
            {
                var name = function.Parameter;
                await host.InvokeAsync(function.Name, [new ParameterBinding { Name = name, Data = new TypedData { ModelBindingData = Encode(args.Message) } }], args.CancellationToken);
            }
            finally
            {
                held.Remove(args);
            }
        };
        _processor.ProcessErrorAsync += args =>
        {
            host.Errors.Enqueue(args.Exception);
            return Task.CompletedTask;
        };
    }

    public Task StartAsync() => _processor.StartProcessingAsync();

    public async ValueTask DisposeAsync()
    {
        await _processor.StopProcessingAsync();
        await _processor.DisposeAsync();
    }

    // The lock token, and the message as AMQP.
    private static ModelBindingData Encode(ServiceBusReceivedMessage message) => new()
    {
        Version = "1.0",
        Source = "AzureServiceBusReceivedMessage",
        ContentType = "application/octet-stream",
        Content = ByteString.CopyFrom([.. Guid.Parse(message.LockToken).ToByteArray(), .. message.GetRawAmqpMessage().ToBytes().ToArray()]),
    };
}
