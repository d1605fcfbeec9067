using System.Data.Common;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace Payments.Functions.Connections;

/// <summary>Who sends telemetry to Application Insights, by the setting that the Functions host reads too.</summary>
public static class TelemetryCredential
{
    private const string AuthenticationSetting = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <returns>The identity of <c>Authorization=AAD</c>, the user-assigned one where <c>ClientId</c> names it; null where the connection string alone is enough.</returns>
    /// <exception cref="ServiceConnectionException">The setting is something else.</exception>
    public static TokenCredential? Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration[AuthenticationSetting] is not { Length: > 0 } text)
        {
            return null;
        }

        var parts = new DbConnectionStringBuilder();
        try
        {
            parts.ConnectionString = text;
        }
        catch (ArgumentException exception)
        {
            throw Invalid(exception);
        }

        return Text("Authorization") == "AAD"
            ? new ManagedIdentityCredential(Text("ClientId") is { Length: > 0 } clientId ? ManagedIdentityId.FromUserAssignedClientId(clientId) : ManagedIdentityId.SystemAssigned)
            : throw Invalid(null);

        string? Text(string member) => parts.TryGetValue(member, out var value) ? value as string : null;
    }

    private static ServiceConnectionException Invalid(Exception? cause) =>
        new($"The setting {AuthenticationSetting} can't be read: set it to 'Authorization=AAD', with 'ClientId=…;' in front of it for a user-assigned identity.", cause);
}
