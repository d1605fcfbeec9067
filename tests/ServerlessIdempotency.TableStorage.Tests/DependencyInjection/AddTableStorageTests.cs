using Azure.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Rows;
using TestDoubles.Storage;

namespace ServerlessIdempotency.TableStorage.Tests.DependencyInjection;

[Collection(OneAzurite.Name)]
public sealed class AddTableStorageTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task The_store_is_one_singleton_under_all_its_names_and_takes_pipeline_policies()
    {
        var recorder = new StorageCallRecorder();
        var services = new ServiceCollection();
        services.AddIdempotency().AddTableStorage(options =>
        {
            options.ConnectionString = azurite.ConnectionString;
            options.ConfigureClient = recorder.AddTo;
        });
        await using var provider = services.BuildServiceProvider();

        var store = provider.GetRequiredService<IRowStore>();
        await store.ReadAsync(new RowAddress(AzuriteFixture.NewTableName(), "p", "r"), CancellationToken.None);

        Assert.Same(store, provider.GetRequiredService<IExpiredRowStore>());
        Assert.Same(store, provider.GetRequiredService<TableStorageRowStore>());
        Assert.Equal(StorageOperation.Read, Assert.Single(recorder.Calls).Operation);
    }

    [Fact]
    public void Wrong_settings_stop_the_app_at_its_start()
    {
        var services = new ServiceCollection();
        services.AddIdempotency().AddTableStorage(options => options.MaxRetries = 99);
        using var provider = services.BuildServiceProvider();

        var exception = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains("names no account", exception.Message, StringComparison.Ordinal);
        Assert.Contains("MaxRetries is 99", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense", null, false, "can't be read")]
    [InlineData("UseDevelopmentStorage=true", "https://a.table.core.windows.net", true, "names an account twice")]
    [InlineData(null, "https://a.table.core.windows.net", false, "needs a Credential")]
    [InlineData(null, "http://127.0.0.1:10002/devstoreaccount1", true, "plain http")]
    [InlineData(null, "ftp://a", true, "table service's address")]
    [InlineData("UseDevelopmentStorage=true", null, true, "without an account")]
    public void A_wrong_account_setting_is_named(string? connectionString, string? serviceUri, bool credential, string fragment)
    {
        var options = new TableStorageOptions
        {
            ConnectionString = connectionString,
            ServiceUri = serviceUri is null ? null : new Uri(serviceUri),
            Credential = credential ? new NoCredential() : null,
        };

        Assert.Contains(fragment, string.Join(' ', options.Validate()), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new TableStorageRowStore(options));
    }

    [Fact]
    public void A_connection_string_that_cannot_be_read_is_not_quoted()
    {
        var options = new TableStorageOptions { ConnectionString = "AccountKey=c2VjcmV0;nonsense" };

        Assert.DoesNotContain("c2VjcmV0", string.Join(' ', options.Validate()), StringComparison.Ordinal);
        Assert.NotEmpty(options.Validate());
    }

    [Theory]
    [InlineData("http://a.table.core.windows.net/?sv=2019-02-02&sig=c2VjcmV0")]
    [InlineData("ftp://a/?sig=c2VjcmV0")]
    [InlineData("AccountName=a;AccountKey=c2VjcmV0")]
    public void An_address_that_is_refused_is_told_without_its_signature(string serviceUri)
    {
        var options = new TableStorageOptions { ServiceUri = new Uri(serviceUri, UriKind.RelativeOrAbsolute), Credential = new NoCredential() };

        Assert.NotEmpty(options.Validate());
        Assert.DoesNotContain("c2VjcmV0", string.Join(' ', options.Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public void Times_out_of_range_are_named()
    {
        var options = new TableStorageOptions
        {
            ConnectionString = "UseDevelopmentStorage=true",
            RetryDelay = TimeSpan.FromSeconds(5),
            MaxRetryDelay = TimeSpan.FromSeconds(1),
            NetworkTimeout = TimeSpan.FromSeconds(6),
            CallTimeout = TimeSpan.Zero,
        };

        Assert.Collection(
            options.Validate(),
            fault => Assert.Contains("MaxRetryDelay", fault, StringComparison.Ordinal),
            fault => Assert.Contains("NetworkTimeout", fault, StringComparison.Ordinal),
            fault => Assert.Contains("CallTimeout", fault, StringComparison.Ordinal));
    }

    [Fact]
    public void The_defaults_and_either_form_of_account_are_fine()
    {
        Assert.Empty(new TableStorageOptions { ConnectionString = "UseDevelopmentStorage=true" }.Validate());
        Assert.Empty(new TableStorageOptions { ServiceUri = new Uri("https://a.table.core.windows.net"), Credential = new NoCredential() }.Validate());
    }

    [Fact]
    public async Task An_identity_that_gives_no_token_is_a_store_that_is_unavailable()
    {
        var store = new TableStorageRowStore(new TableStorageOptions { ServiceUri = new Uri("https://a.table.core.windows.net"), Credential = new NoCredential() });

        var read = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAsync(new RowAddress("Business", "p", "r"), default));
        var write = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => store.WriteAsync(new RowTransaction(new PartitionAddress("Business", "p"), [RowWrite.Insert("r", new Dictionary<string, object>())]), default));

        Assert.Contains("no token", read.Message, StringComparison.Ordinal);
        Assert.IsType<NotSupportedException>(write.InnerException);
    }

    private sealed class NoCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
