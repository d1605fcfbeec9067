using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.Tests;

public sealed class IdempotencyOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(new IdempotencyOptions().Validate());

    [Theory]
    [InlineData(nameof(IdempotencyOptions.Lease), "00:00:00.5")]
    [InlineData(nameof(IdempotencyOptions.Lease), "02:00:00")]
    [InlineData(nameof(IdempotencyOptions.Retention), "00:00:30")]
    [InlineData(nameof(IdempotencyOptions.ClockSkewMargin), "00:02:00")]
    [InlineData(nameof(IdempotencyOptions.PollInterval), "00:01:00")]
    public void A_setting_out_of_range_stops_the_start_with_its_name(string setting, string value)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddIdempotency(options => typeof(IdempotencyOptions).GetProperty(setting)!.SetValue(options, TimeSpan.Parse(value, System.Globalization.CultureInfo.InvariantCulture))).AddInMemoryStore();
        using var provider = services.BuildServiceProvider();

        var exception = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IdempotencyEngine>);
        Assert.Contains($"Idempotency:{setting}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lease_as_long_as_the_retention_is_refused() =>
        Assert.Contains(new IdempotencyOptions { Lease = TimeSpan.FromMinutes(5), Retention = TimeSpan.FromMinutes(5) }.Validate(), fault => fault.Contains("longer", StringComparison.Ordinal));

    [Fact]
    public void One_entry_point_registers_the_engine()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddIdempotency(options => options.Lease = TimeSpan.FromSeconds(5)).AddInMemoryStore();
        using var provider = services.BuildServiceProvider();

        Assert.Same(provider.GetRequiredService<IdempotencyEngine>(), provider.GetRequiredService<IdempotencyEngine>());
    }
}
