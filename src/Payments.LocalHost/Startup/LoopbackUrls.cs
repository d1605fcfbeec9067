using System.Net;

namespace Payments.LocalHost.Startup;

/// <summary>The addresses to serve. There is no authentication here, so only this machine may reach them.</summary>
internal static class LoopbackUrls
{
    public const string Default = "http://127.0.0.1:7071";

    /// <summary>Reads <c>urls</c> (<c>--urls</c>, or <c>ASPNETCORE_URLS</c>): one address, or several with semicolons.</summary>
    /// <exception cref="StartupException">An address is none, or others can reach it.</exception>
    public static string[] Read(IConfiguration configuration)
    {
        if (configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            throw new StartupException("The setting Kestrel:Endpoints is not used here, since it could open the host to other machines: use --urls.");
        }

        var urls = (configuration["urls"] ?? Default).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return urls.Length == 0
            ? throw new StartupException($"The setting urls is empty: leave it out, or name an address such as {Default}.")
            : [.. urls.Select(Check)];
    }

    private static string Check(string url)
    {
        // "http://*:7071" and "http://+:7071" are addresses to a web server, but none to Uri.
        if (!Uri.TryCreate(url.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri)
            || uri.Scheme != Uri.UriSchemeHttp
            || uri.PathAndQuery != "/")
        {
            throw new StartupException($"'{url}' is no address to serve: name one such as {Default}.");
        }

        var isLoopback = uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
        return isLoopback
            ? url
            : throw new StartupException($"'{url}' would open the host to other machines, and it knows no sign-in: serve a loopback address such as {Default}.");
    }
}
