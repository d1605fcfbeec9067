using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Moq;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Outbox;
using TestDoubles.Execution;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Tests.Outbox;

public sealed class OutboxRegistrationTests
{
    [Fact]
    public async Task An_app_that_calls_AddOutbox_sends_what_its_handlers_commit()
    {
        var sender = new Mock<IMessageSender>();
        sender.Setup(port => port.SendAsync(It.IsAny<OutboundMessage>(), It.IsAny<CancellationToken>())).ReturnsAsync(new SendOutcome.Sent());
        await using var provider = Services(sender.Object).BuildServiceProvider();
        var hosted = provider.GetServices<IHostedService>().ToList();
        foreach (var service in hosted)
        {
            await service.StartAsync(default);
        }

        await provider.GetRequiredService<IdempotencyEngine>().ExecuteAsync(
            EngineFixture.Operation() with { SendsMessages = true },
            (_, _) => Task.FromResult(HandlerOutcome.Completed(EngineFixture.Result("done"), messages: [OutboxFixture.Message("1")])),
            default);
        foreach (var service in hosted)
        {
            await service.StopAsync(default);
        }

        sender.Verify(port => port.SendAsync(It.Is<OutboundMessage>(message => FakeBroker.Text(message) == "1"), It.IsAny<CancellationToken>()), Times.Once);
        Assert.NotNull(provider.GetRequiredService<OutboxSweeper>());
        Assert.NotNull(provider.GetRequiredService<IOutboxAdministration>());
    }

    [Fact]
    public void An_outbox_without_a_sender_says_what_to_register()
    {
        using var provider = Services(sender: null).BuildServiceProvider();
        Assert.Contains("IMessageSender", Assert.Throws<InvalidOperationException>(() => provider.GetServices<IHostedService>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_out_of_range_are_refused_by_name()
    {
        using var provider = Services(Mock.Of<IMessageSender>(), options => options.Window = TimeSpan.FromSeconds(1)).BuildServiceProvider();
        Assert.Contains("Outbox:Window is 00:00:01", Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOutbox>()).Message, StringComparison.Ordinal);
        Assert.Empty(new OutboxOptions().Validate());
        Assert.Equal(5, new OutboxOptions { TableName = "", SweepInterval = TimeSpan.FromMilliseconds(1), MaxAttempts = 0, QueueCapacity = 0, MaxRetryDelay = TimeSpan.FromSeconds(1) }.Validate().Count());
    }

    private static IServiceCollection Services(IMessageSender? sender, Action<OutboxOptions>? configure = null)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddIdempotency().AddInMemoryStore().AddOutbox(configure);
        if (sender is not null)
        {
            services.AddSingleton(sender);
        }

        return services;
    }
}
