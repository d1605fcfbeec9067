using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.DependencyInjection;

namespace ServerlessIdempotency.Inbox.Tests;

public sealed class InboxOptionsTests
{
    [Fact]
    public void The_defaults_hold() => Assert.Empty(new InboxOptions().Validate());

    [Theory]
    [InlineData("02:00:00", 5, 1, "00:01:00", "00:00:00", "00:00:01", "05:00:00")]
    [InlineData("02:00:00", 0, 240, "00:01:00", "00:00:00", "00:00:01", "04:00:00")]
    [InlineData("2.00:00:00", 0, 1, "00:01:00", "7.00:00:00", "00:00:01", "7.00:00:00")]
    [InlineData("7.00:05:00", 0, 10, "00:01:00", "7.00:00:00", "00:00:01", "7.00:10:02")]
    [InlineData("11.00:00:00", 0, 10, "00:01:00", "7.00:00:00", "3.00:00:00", "13.00:10:00")]
    public void A_retention_that_a_duplicate_could_outlive_is_refused_with_both_numbers(string retention, int windowHours, int count, string lockDuration, string resubmission, string timeToLive, string longest)
    {
        var options = new InboxOptions { Retention = TimeSpan.Parse(retention) };
        (options.Rules.DuplicateDetectionWindow, options.Rules.MaxDeliveryCount) = (TimeSpan.FromHours(windowHours), count);
        (options.Rules.LockDuration, options.Rules.DeadLetterResubmission) = (TimeSpan.Parse(lockDuration), TimeSpan.Parse(resubmission));
        options.Rules.MessageTimeToLive = TimeSpan.Parse(timeToLive);
        var fault = Assert.Single(options.Validate());
        Assert.Contains($"({retention})", fault, StringComparison.Ordinal);
        Assert.Contains($"({longest})", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_app_does_not_start_with_it()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddIdempotency().AddInMemoryStore().AddInbox(options => options.Retention = TimeSpan.FromDays(1));
        using var provider = services.BuildServiceProvider();
        var exception = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());
        Assert.Contains("1.00:00:00", exception.Message, StringComparison.Ordinal);
        Assert.Contains("7.00:00:00", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_app_gets_its_inbox_with_or_without_an_outbox()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddIdempotency().AddInMemoryStore().AddInbox();
        using var provider = services.BuildServiceProvider();
        Assert.NotNull(provider.GetRequiredService<MessageInbox>());
    }

    [Fact]
    public void What_is_out_of_range_is_refused_by_name()
    {
        var options = new InboxOptions { MaxAttempts = 0, LocalCacheEntries = -1 };
        options.Rules.MaxDeliveryCount = 2_001;
        Assert.Equal(3, options.Validate().Count());
    }
}
