using Microsoft.Extensions.Configuration;

namespace Payments.Functions.Startup;

/// <summary>Settings that are references to secrets of a vault. App Service hands the reference itself on where it could not read the secret.</summary>
internal static class SecretReferences
{
    private const string Start = "@Microsoft.KeyVault(";

    /// <exception cref="InvalidOperationException">A secret could not be read.</exception>
    public static void ThrowIfUnresolved(IConfiguration configuration)
    {
        foreach (var (name, value) in configuration.AsEnumerable())
        {
            if (value?.StartsWith(Start, StringComparison.OrdinalIgnoreCase) == true)
            {
                throw new InvalidOperationException($"{name} is a reference to a secret that could not be read: put the secret into the vault and give the app's identity the role Key Vault Secrets User on it.");
            }
        }
    }
}
