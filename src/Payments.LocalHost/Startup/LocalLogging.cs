namespace Payments.LocalHost.Startup;

/// <summary>What the console shows: what the app does, and of the framework only what is wrong.</summary>
internal static class LocalLogging
{
    public static void Configure(ILoggingBuilder logging)
    {
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        logging.AddFilter("Azure", LogLevel.Warning);

        // A failed start is told in one sentence by LocalHostApp, not with a stack trace here. Background services that such a start cancels before they
        // ran are told as critical failures; the app's own ones survive every exception and tell of it themselves.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddSimpleConsole(options => options.SingleLine = true);
    }
}
