using Azure.Core;
using Azure.Data.Tables;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.TableStorage;

/// <summary>
/// Which storage account to use and how long to keep at one call. Set either <see cref="ConnectionString"/>, or <see cref="ServiceUri"/>
/// with <see cref="Credential"/>.
/// </summary>
/// <remarks>
/// The lease of a claim must exceed the handler's time plus the longest call: with the defaults 5 s. A write that gets no answer is read back, so that its caller is told after
/// twice that. The defaults of the SDK (100 s an attempt, pauses up to 60 s) would outlive any serverless invocation.
/// </remarks>
public sealed class TableStorageOptions
{
    /// <summary>The storage account's connection string; <c>UseDevelopmentStorage=true</c> means an Azurite on its default port. Default null.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The address of the account's table service, <c>https://ACCOUNT.table.core.windows.net</c>. Default null.</summary>
    public Uri? ServiceUri { get; set; }

    /// <summary>
    /// The identity to use with <see cref="ServiceUri"/>, such as <c>new DefaultAzureCredential()</c>. It needs the role
    /// "Storage Table Data Contributor". Default null.
    /// </summary>
    public TokenCredential? Credential { get; set; }

    /// <summary>How many times the SDK repeats a call that got no answer, 408, 429 or 5xx. Default 3, range 0 to 10.</summary>
    public int MaxRetries { get; set; } = 3;

    /// <summary>The pause before the first repetition; it grows exponentially. Default 100 ms, range 1 ms to 10 s.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between repetitions. Default 1 s, range <see cref="RetryDelay"/> to 60 s.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one attempt may take on the network. Default 3 s, range 100 ms to <see cref="CallTimeout"/>.</summary>
    public TimeSpan NetworkTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long one call may take with all its attempts. Default 5 s, range 100 ms to 10 min.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Changes the SDK client's options, after the settings above were applied: pipeline policies, transport, diagnostics. Default none.</summary>
    public Action<TableClientOptions>? ConfigureClient { get; set; }

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    internal IEnumerable<string> Validate() => ValidateAccount().Concat(ValidateTimes());

    internal TableServiceClient CreateClient()
    {
        OptionFaults.ThrowIfAny(Validate());
        return ConnectionString is { } connectionString
            ? new TableServiceClient(connectionString, CreateClientOptions())
            : new TableServiceClient(ServiceUri!, new AwaitedCredential(Credential!), CreateClientOptions());
    }

    private TableClientOptions CreateClientOptions()
    {
        var options = new TableClientOptions();
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = MaxRetries;
        options.Retry.Delay = RetryDelay;
        options.Retry.MaxDelay = MaxRetryDelay;
        options.Retry.NetworkTimeout = NetworkTimeout;
        ConfigureClient?.Invoke(options);
        return options;
    }

    private IEnumerable<string> ValidateAccount()
    {
        if (string.IsNullOrWhiteSpace(ConnectionString) && ServiceUri is null)
        {
            yield return "TableStorage names no account: set TableStorage:ConnectionString, or TableStorage:ServiceUri with a Credential.";
        }

        if (ConnectionString is not null && ServiceUri is not null)
        {
            yield return "TableStorage names an account twice: set either TableStorage:ConnectionString or TableStorage:ServiceUri.";
        }

        if (!string.IsNullOrWhiteSpace(ConnectionString) && !IsConnectionString(ConnectionString))
        {
            yield return "TableStorage:ConnectionString can't be read: give 'DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net' or 'UseDevelopmentStorage=true'.";
        }

        if (ServiceUri is not null)
        {
            if (!ServiceUri.IsAbsoluteUri || (ServiceUri.Scheme != Uri.UriSchemeHttps && ServiceUri.Scheme != Uri.UriSchemeHttp))
            {
                // Not quoted: it may be another kind of secret, a connection string say.
                yield return "TableStorage:ServiceUri is no address of http or https: give the table service's address, such as https://ACCOUNT.table.core.windows.net.";
            }
            else if (Credential is not null && ServiceUri.Scheme == Uri.UriSchemeHttp)
            {
                yield return $"TableStorage:ServiceUri is '{ServiceUri.GetLeftPart(UriPartial.Authority)}', and a Credential would be sent over plain http: use https, or, for Azurite, its connection string.";
            }

            if (Credential is null)
            {
                yield return "TableStorage:ServiceUri needs a Credential: set options.Credential, for example to new DefaultAzureCredential(), or use a connection string.";
            }
        }
        else if (Credential is not null)
        {
            yield return "TableStorage has a Credential without an account: set TableStorage:ServiceUri.";
        }
    }

    private OptionFaults ValidateTimes() => new OptionFaults("TableStorage")
        .Between(MaxRetries, 0, 10)
        .Between(RetryDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10))
        .Between(MaxRetryDelay, RetryDelay, TimeSpan.FromSeconds(60))
        .Between(NetworkTimeout, TimeSpan.FromMilliseconds(100), CallTimeout)
        .Between(CallTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));

    private static bool IsConnectionString(string connectionString)
    {
        try
        {
            _ = new TableServiceClient(connectionString);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or ArgumentException)
        {
            // The SDK's message may quote the string, key included, so it is not passed on.
            return false;
        }
    }
}
