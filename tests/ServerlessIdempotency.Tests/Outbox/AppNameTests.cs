using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using ServerlessIdempotency.Outbox;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Tests.Outbox;

/// <summary>Two apps or slots that share an account and its default tables.</summary>
public sealed class AppNameTests
{
    private readonly OutboxFixture _fixture = new();

    [Fact]
    public async Task An_app_neither_sends_nor_lists_the_messages_of_another()
    {
        var shop = _fixture.NewInstance(new OutboxOptions { AppName = "shop", SweepConcurrency = 1 });
        var bank = _fixture.NewInstance(new OutboxOptions { AppName = "bank", SweepConcurrency = 1 });
        await shop.CommitAndCrashAsync("op", OutboxFixture.Message("of the shop"));
        _fixture.Time.Advance(_fixture.Options.SweepAfter);

        Assert.Equal(0, (await bank.Sweeper.SweepAsync(default)).Partitions);
        Assert.Empty(_fixture.Broker.Bodies);
        Assert.Equal(1, (await shop.Sweeper.SweepAsync(default)).Sent);

        _fixture.Broker.Decide = (_, _) => Task.FromResult<SendOutcome?>(new SendOutcome.Refused("Too large."));
        await shop.CommitAsync("op2", OutboxFixture.Message("too large"));
        await shop.FlushAsync("op2");
        Assert.Single(await ParkedAsync(shop));
        Assert.Empty(await ParkedAsync(bank));
    }

    /// <summary>Two apps that send from one partition: the dispatcher and the sweeper of each leave the other's rows alone, and so does the order of a session.</summary>
    [Fact]
    public async Task Apps_that_share_a_partition_send_and_park_their_own_messages_alone()
    {
        var shop = _fixture.NewInstance(new OutboxOptions { AppName = "shop", SweepConcurrency = 1 });
        var bank = _fixture.NewInstance(new OutboxOptions { AppName = "bank", SweepConcurrency = 1 });
        var nameless = _fixture.NewInstance(new OutboxOptions { SweepConcurrency = 1 });
        await shop.CommitAndCrashAsync("op1", OutboxFixture.Message("of the shop", "s"));
        await nameless.CommitAndCrashAsync("op2", OutboxFixture.Message("of nobody", "s"));
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await bank.CommitAsync("op3", OutboxFixture.Message("of the bank", "s"));

        await bank.FlushAsync("op3");
        await bank.CommitAndCrashAsync("op4", OutboxFixture.Message("of the bank too"));
        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        await bank.Sweeper.SweepAsync(default);
        Assert.Equal(["of the bank", "of the bank too"], _fixture.Broker.Bodies);

        await shop.Sweeper.SweepAsync(default);
        await nameless.Sweeper.SweepAsync(default);
        Assert.Equal(["of the bank", "of the bank too", "of the shop", "of nobody"], _fixture.Broker.Bodies);
        Assert.Empty(await _fixture.UnsentAsync());
    }

    [Theory]
    [InlineData(null, null, "My-Shop")]
    [InlineData(null, "Production", "My-Shop")]
    [InlineData(null, "staging", "My-Shop.staging")]
    [InlineData("shop", "staging", "shop")]
    [InlineData("shop", null, "shop")]
    public void The_name_is_the_settings_exactly_or_the_hosts_with_its_slot(string? configured, string? slot, string name)
    {
        using var provider = new ServiceCollection()
            .AddSingleton<Microsoft.Extensions.Hosting.IHostEnvironment>(new HostingEnvironment { ApplicationName = "My Shop" })
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("WEBSITE_SLOT_NAME", slot)]).Build())
            .BuildServiceProvider();

        Assert.Equal(name, AppNames.Of(configured, provider));
    }

    [Fact]
    public void A_name_that_no_key_takes_is_refused_at_start()
    {
        Assert.Contains("AppName", Assert.Single(new OutboxOptions { AppName = "a/b" }.Validate()), StringComparison.Ordinal);
        Assert.Contains("TableName", Assert.Single(new OutboxOptions { TableName = "outbox-partitions" }.Validate()), StringComparison.Ordinal);
    }

    private static async Task<List<ParkedMessage>> ParkedAsync(AppInstance app)
    {
        var parked = new List<ParkedMessage>();
        await foreach (var message in app.Administration.ListParkedAsync(default))
        {
            parked.Add(message);
        }

        return parked;
    }
}
