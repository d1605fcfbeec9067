using System.Text;
using Microsoft.Extensions.Configuration;
using ServerlessIdempotency.Functions.Settings;

namespace ServerlessIdempotency.Functions.Tests.Settings;

public sealed class HostSettingsTests
{
    [Fact]
    public void The_file_is_read_as_the_host_reads_it()
    {
        var settings = Parse("""
            {
              // as the host does
              "version": "2.0",
              "FunctionTimeout": "00:05:00",
              "extensions": { "serviceBus": { "autoCompleteMessages": false, }, },
            }
            """);

        Assert.Equal(TimeSpan.FromMinutes(5), settings.FunctionTimeout);
        Assert.False(settings.AutoCompleteMessages);
    }

    [Fact]
    public void What_the_file_leaves_out_has_the_hosts_default()
    {
        Assert.Equal(HostSettings.Default, Parse("""{ "version": "2.0" }"""));
        Assert.Equal(HostSettings.Default, Read());
        Assert.True(HostSettings.Default.AutoCompleteMessages);
    }

    // AzureFunctionsJobHost__functionTimeout and the like, as the environment has them.
    [Fact]
    public void Settings_of_the_app_are_laid_over_the_file_as_the_host_does()
    {
        var settings = Read(("AzureFunctionsJobHost:functionTimeout", "00:02:00"), ("AzureFunctionsJobHost:extensions:serviceBus:autoCompleteMessages", "False"));

        Assert.Equal((TimeSpan.FromMinutes(2), false), (settings.FunctionTimeout, settings.AutoCompleteMessages));
        Assert.Null(Read(("AzureFunctionsJobHost:functionTimeout", "-1")).FunctionTimeout);
        Assert.Contains(
            "AzureFunctionsJobHost__", Assert.Throws<InvalidOperationException>(() => Read(("AzureFunctionsJobHost:functionTimeout", "soon"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void On_the_Consumption_plan_a_function_ends_after_five_minutes_unless_something_says_otherwise()
    {
        Assert.Equal(TimeSpan.FromMinutes(5), Read(("WEBSITE_SKU", "Dynamic")).FunctionTimeout);
        Assert.Equal(TimeSpan.FromMinutes(30), Read(("WEBSITE_SKU", "FlexConsumption")).FunctionTimeout);
        Assert.Equal(TimeSpan.FromMinutes(10), Read(("WEBSITE_SKU", "Dynamic"), ("AzureFunctionsJobHost:functionTimeout", "00:10:00")).FunctionTimeout);
        Assert.Equal(TimeSpan.FromMinutes(5), HostSettings.Parse(Encoding.UTF8.GetBytes("""{ "version": "2.0" }"""), HostSettings.Consumption).FunctionTimeout);
    }

    [Fact]
    public void The_size_of_a_batch_is_the_files_unless_a_setting_is_laid_over_it()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        File.WriteAllText(file, """{ "extensions": { "serviceBus": { "maxMessageBatchSize": 100, "minMessageBatchSize": 10 } } }""");
        try
        {
            var settings = HostSettings.Read(file, new ConfigurationBuilder().Build());
            Assert.Equal((100, 10), (settings.MaxMessageBatchSize, settings.MinMessageBatchSize));
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Equal(7, Read(("AzureFunctionsJobHost:extensions:serviceBus:maxMessageBatchSize", "7")).MaxMessageBatchSize);
        Assert.Equal(5, Read(("AzureFunctionsJobHost:extensions:serviceBus:minMessageBatchSize", "5")).MinMessageBatchSize);
    }

    [Fact]
    public void Minus_one_is_no_timeout() => Assert.Null(Parse("""{ "functionTimeout": "-1" }""").FunctionTimeout);

    [Theory]
    [InlineData("{")]
    [InlineData("""{ "functionTimeout": "soon" }""")]
    [InlineData("""{ "functionTimeout": 5 }""")]
    [InlineData("""{ "extensions": { "serviceBus": { "autoCompleteMessages": "no" } } }""")]
    public void A_file_that_can_not_be_read_is_named(string json) => Assert.Contains("host.json", Assert.Throws<InvalidOperationException>(() => Parse(json)).Message, StringComparison.Ordinal);

    private static HostSettings Parse(string json) => HostSettings.Parse(Encoding.UTF8.GetBytes(json));

    // There is no such file.
    private static HostSettings Read(params (string Key, string Value)[] settings) => HostSettings.Read(
        Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json"),
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build());
}
