using FunctionsHost;

namespace Payments.Functions.Host.Tests;

/// <summary>A setting that is out of range ends the worker at its start, with a sentence that names it.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData("RowWriter__Timeout", "00:00:00", "RowWriter:Timeout is 00:00:00: set it between 00:00:00.1000000 and 00:10:00.")]
    [InlineData("TableStorage__CallTimeout", "00:11:00", "TableStorage:CallTimeout is 00:11:00: set it between 00:00:00.1000000 and 00:10:00.")]
    [InlineData("TableStorage__CallTimeout", "soon", "Failed to convert configuration value 'soon' at 'TableStorage:CallTimeout'")]
    [InlineData("Payments__HealthTimeout", "00:01:01", "Payments:HealthTimeout is 00:01:01: set it between 00:00:00.1000000 and 00:01:00.")]
    [InlineData("Gateway__Kind", "", "Gateway:Kind is not set: set it to Stripe, with Stripe:ApiKey, or to Simulated where no money is to move.")]
    [InlineData("Gateway__Kind", "Stripe", "Gateway:Kind is Stripe but Stripe:ApiKey is empty: set it to the account's secret key.")]
    [InlineData("Stripe__ApiKey", "@Microsoft.KeyVault(VaultName=kv-1;SecretName=stripe-api-key)", "Stripe:ApiKey is a reference to a secret that could not be read")]
    [InlineData("Smtp__Password", "@Microsoft.KeyVault(VaultName=kv-1;SecretName=smtp-password)", "Smtp:Password is a reference to a secret that could not be read")]
    public async Task A_bad_setting_ends_the_worker_with_a_sentence(string name, string value, string sentence)
    {
        var ended = await Assert.ThrowsAsync<InvocationFailedException>(() => FunctionHost.StartAsync(new FunctionHostOptions
        {
            Settings = new Dictionary<string, string>
            {
                ["PaymentsStorage"] = "UseDevelopmentStorage=true",
                ["ServiceBusConnection"] = "Endpoint=sb://localhost;SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true;",
                ["Gateway__Kind"] = "Simulated",
                [name] = value,
            },
        }));

        Assert.Contains(sentence, ended.Message, StringComparison.Ordinal);
    }
}
