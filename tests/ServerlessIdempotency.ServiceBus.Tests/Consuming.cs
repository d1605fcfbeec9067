using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServerlessIdempotency.DependencyInjection;

namespace ServerlessIdempotency.ServiceBus.Tests;

/// <summary>An app that consumes a queue.</summary>
internal sealed class Consuming : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IHostedService _consumer;

    private Consuming(ServiceProvider services)
    {
        _services = services;
        _consumer = services.GetRequiredService<IHostedService>();
    }

    public static async Task<Consuming> StartAsync(Bus bus, string queue, MessageConsumer consumer, Action<ServiceBusConsumerOptions>? configure)
    {
        var consuming = new Consuming(new ServiceCollection().AddLogging().AddIdempotency()
            .AddServiceBus(ServiceBusConnection.FromConnectionString(bus.ConnectionString))
            .AddServiceBusConsumer(
                queue,
                _ => consumer,
                options =>
                {
                    options.HasSessions = queue == Bus.Sessions;
                    options.SessionIdleTimeout = TimeSpan.FromMilliseconds(20);
                    configure?.Invoke(options);
                })
            .Services.BuildServiceProvider());
        await consuming._consumer.StartAsync(CancellationToken.None);
        return consuming;
    }

    public async ValueTask DisposeAsync()
    {
        await _consumer.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }
}
