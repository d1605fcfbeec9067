using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace Payments.Functions.Connections;

/// <summary>
/// How to reach a service of Azure, by the settings that the Functions host reads for its triggers too: either <c>NAME</c> with a connection string, or
/// <c>NAME__address</c> with an identity.
/// </summary>
/// <remarks>
/// With an identity, <c>NAME__credential=managedidentity</c> means the app's managed identity, the user-assigned one where <c>NAME__clientId</c> names it. Without
/// <c>NAME__credential</c> it is whoever is signed in on this machine (<see cref="DefaultAzureCredential"/>).
/// </remarks>
internal abstract record ServiceConnection
{
    private const string ManagedIdentity = "managedidentity";

    private ServiceConnection()
    {
    }

    /// <summary>By a connection string.</summary>
    public sealed record ByConnectionString(string Value) : ServiceConnection;

    /// <summary>By an identity.</summary>
    public sealed record ByIdentity(string Address, TokenCredential Credential) : ServiceConnection;

    /// <param name="configuration">The app's configuration.</param>
    /// <param name="name">The setting's name.</param>
    /// <param name="addressMember">The last part of the name of the setting that holds the address.</param>
    /// <exception cref="ServiceConnectionException">The settings name no service, or two.</exception>
    public static ServiceConnection Read(IConfiguration configuration, string name, string addressMember)
    {
        var section = configuration.GetSection(name);
        var address = section[addressMember];
        return (section.Value, address) switch
        {
            ({ Length: > 0 }, { Length: > 0 }) => throw new ServiceConnectionException(
                $"Both {name} and {name}__{addressMember} are set: keep the connection string, or the address with an identity."),
            ({ Length: > 0 } connectionString, _) => new ByConnectionString(connectionString),
            (_, { Length: > 0 }) => new ByIdentity(address, CredentialOf(section, name)),
            _ => throw new ServiceConnectionException(
                $"Neither {name} nor {name}__{addressMember} is set: give a connection string, or an address to reach with an identity."),
        };
    }

    private static TokenCredential CredentialOf(IConfigurationSection section, string name)
    {
        var clientId = section["clientId"] is { Length: > 0 } id ? id : null;
        return section["credential"] switch
        {
            null or "" => new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = clientId }),
            var kind when kind.Equals(ManagedIdentity, StringComparison.OrdinalIgnoreCase) => new ManagedIdentityCredential(
                clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId)),
            var other => throw new ServiceConnectionException($"The setting {name}__credential is '{other}': set it to {ManagedIdentity}, or leave it out."),
        };
    }
}
