using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Payments.Functions.Connections;
using Payments.Functions.Storage;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.TableStorage;

namespace Payments.Functions.Tests.Connections;

public sealed class ServiceConnectionTests
{
    [Fact]
    public void A_connection_string_is_taken_as_it_is()
    {
        var connection = Read(("Bus", "Endpoint=sb://localhost;SharedAccessKey=secret"));

        Assert.Equal("Endpoint=sb://localhost;SharedAccessKey=secret", Assert.IsType<ServiceConnection.ByConnectionString>(connection).Value);
    }

    [Theory]
    [InlineData("managedidentity", "00000000-0000-0000-0000-000000000001", typeof(ManagedIdentityCredential))]
    [InlineData("ManagedIdentity", null, typeof(ManagedIdentityCredential))]
    [InlineData(null, null, typeof(DefaultAzureCredential))]
    public void An_address_is_reached_by_the_identity_that_the_settings_name(string? credential, string? clientId, Type expected)
    {
        var connection = Assert.IsType<ServiceConnection.ByIdentity>(Read(("Bus:address", "sb-1.servicebus.windows.net"), ("Bus:credential", credential), ("Bus:clientId", clientId)));

        Assert.Equal("sb-1.servicebus.windows.net", connection.Address);
        Assert.IsType(expected, connection.Credential);
    }

    [Fact]
    public void Two_services_or_none_or_an_unknown_credential_are_told_without_the_secret()
    {
        var both = Assert.Throws<ServiceConnectionException>(() => Read(("Bus", "Endpoint=sb://localhost;SharedAccessKey=secret"), ("Bus:address", "sb-1.servicebus.windows.net")));
        var none = Assert.Throws<ServiceConnectionException>(() => Read());
        var unknown = Assert.Throws<ServiceConnectionException>(() => Read(("Bus:address", "sb-1.servicebus.windows.net"), ("Bus:credential", "password")));

        Assert.Contains("Both Bus and Bus__address", both.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", both.Message, StringComparison.Ordinal);
        Assert.Contains("Neither Bus nor Bus__address", none.Message, StringComparison.Ordinal);
        Assert.Contains("Bus__credential", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Storage_is_reached_by_identity_over_https_only()
    {
        var options = Options(("PaymentsStorage:tableServiceUri", "https://st1.table.core.windows.net"), ("PaymentsStorage:credential", "managedidentity"));

        Assert.Equal(new Uri("https://st1.table.core.windows.net"), options.ServiceUri);
        Assert.IsType<ManagedIdentityCredential>(options.Credential);
        Assert.Throws<ServiceConnectionException>(() => Options(("PaymentsStorage:tableServiceUri", "http://127.0.0.1:10002/devstoreaccount1")));
        Assert.Equal("UseDevelopmentStorage=true", Options(("PaymentsStorage", "UseDevelopmentStorage=true")).ConnectionString);
    }

    [Fact]
    public void Times_of_the_storage_are_set_with_it_whichever_way_it_is_reached()
    {
        var byString = Options(("PaymentsStorage", "UseDevelopmentStorage=true"), ("TableStorage:CallTimeout", "00:00:07"), ("TableStorage:NetworkTimeout", "00:00:02"));
        var byIdentity = Options(("PaymentsStorage:tableServiceUri", "https://st1.table.core.windows.net"), ("TableStorage:CallTimeout", "00:00:08"));

        Assert.Equal((TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(2)), (byString.CallTimeout, byString.NetworkTimeout));
        Assert.Equal((TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(3)), (byIdentity.CallTimeout, byIdentity.NetworkTimeout));
    }

    [Fact]
    public void Telemetry_goes_by_the_identity_of_its_own_setting()
    {
        const string Setting = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

        Assert.Null(TelemetryCredential.Read(Configuration()));
        Assert.IsType<ManagedIdentityCredential>(TelemetryCredential.Read(Configuration((Setting, "ClientId=00000000-0000-0000-0000-000000000001;Authorization=AAD"))));
        Assert.IsType<ManagedIdentityCredential>(TelemetryCredential.Read(Configuration((Setting, "Authorization=AAD"))));
        Assert.Throws<ServiceConnectionException>(() => TelemetryCredential.Read(Configuration((Setting, "Authorization=Basic"))));
        Assert.Throws<ServiceConnectionException>(() => TelemetryCredential.Read(Configuration((Setting, "AAD"))));
    }

    [Theory]
    [InlineData(null, null, 1f)]
    [InlineData(null, "0.5", 1f)]
    [InlineData("microsoft.fixed_percentage", "0.1", 0.1f)]
    [InlineData("microsoft.fixed_percentage", "0", 0f)]
    [InlineData("microsoft.fixed_percentage", null, null)]
    [InlineData("microsoft.fixed_percentage", "0,1", null)]
    [InlineData("microsoft.fixed_percentage", "1.5", null)]
    [InlineData("microsoft.rate_limited", "5", null)]
    public void The_ratio_of_traces_is_the_hosts_own_setting(string? sampler, string? argument, float? ratio)
    {
        var configuration = Configuration(("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", argument));

        if (ratio is null)
        {
            Assert.Throws<ServiceConnectionException>(() => TelemetrySampling.ReadRatio(configuration));
        }
        else
        {
            Assert.Equal(ratio, TelemetrySampling.ReadRatio(configuration));
        }
    }

    private static ServiceConnection Read(params (string Key, string? Value)[] settings) => ServiceConnection.Read(Configuration(settings), "Bus", "address");

    private static TableStorageOptions Options(params (string Key, string? Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddIdempotency().AddPaymentsStorage(Configuration(settings));
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<TableStorageOptions>>().Value;
    }

    private static IConfiguration Configuration(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => setting.Value)).Build();
}
