namespace Payments.LocalHost.Page;

/// <summary>Serves the page at <c>/</c>, which is embedded in this program and asks for nothing elsewhere.</summary>
internal static class PageEndpointRouteBuilderExtensions
{
    public static void MapPage(this IEndpointRouteBuilder endpoints)
    {
        var page = Read();
        endpoints.MapGet("/", (HttpResponse response) =>
        {
            response.Headers.ContentSecurityPolicy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:";
            return Results.Bytes(page, "text/html; charset=utf-8");
        });
    }

    private static byte[] Read()
    {
        using var stream = typeof(PageEndpointRouteBuilderExtensions).Assembly.GetManifestResourceStream("index.html")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
