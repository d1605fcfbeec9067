using System.Data.Common;
using Amqp;
using Payments.LocalHost.Startup;

namespace Payments.LocalHost.Messaging;

/// <summary>Reads a connection string of Service Bus: where the broker is and who connects.</summary>
internal static class ServiceBusAddress
{
    private const int PlainPort = 5672;
    private const int TlsPort = 5671;

    /// <exception cref="StartupException">The text is no such connection string. It holds a key, so it is not shown.</exception>
    public static Address Parse(string connectionString, string setting)
    {
        var parts = new DbConnectionStringBuilder();
        try
        {
            parts.ConnectionString = connectionString;
        }
        catch (ArgumentException exception)
        {
            throw Invalid(setting, exception);
        }

        if (Text("Endpoint") is not { } endpoint || !Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme != "sb" || uri.Host.Length == 0
            || Text("SharedAccessKeyName") is not { } name || Text("SharedAccessKey") is not { } key)
        {
            throw Invalid(setting, null);
        }

        // The emulator, and our own broker, speak AMQP without TLS; the service speaks it with TLS only.
        var isPlain = string.Equals(Text("UseDevelopmentEmulator"), "true", StringComparison.OrdinalIgnoreCase);
        var port = uri.IsDefaultPort || uri.Port <= 0 ? isPlain ? PlainPort : TlsPort : uri.Port;
        return new Address(uri.Host, port, name, key, "/", isPlain ? "amqp" : "amqps");

        string? Text(string member) => parts.TryGetValue(member, out var value) ? value as string : null;
    }

    private static StartupException Invalid(string setting, Exception? cause) => new(
        $"The setting {setting} is no connection string of a Service Bus: give 'Endpoint=sb://host:port;SharedAccessKeyName=…;SharedAccessKey=…;UseDevelopmentEmulator=true;', say, or leave it out to use a broker of this host's own.", cause);
}
