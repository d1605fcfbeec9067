using System.Globalization;
using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.DependencyInjection;
using EntityTagHeaderValue = Microsoft.Net.Http.Headers.EntityTagHeaderValue;

namespace ServerlessIdempotency.AspNetCore.Tests.Differential;

/// <summary>
/// The same endpoint on Kestrel with and without the library, answers compared byte for byte and header for header (law 11). What differs by the contract is named in
/// <see cref="Differences"/> and in docs/endpoints.md.
/// </summary>
public sealed class DifferentialTests
{
    // The clock's headers, and the contract's own. How a body is framed has a comparison of its own.
    private static readonly string[] Differences = ["Date", "Age", "Transfer-Encoding", "Content-Length", IdempotencyHeaders.Expires, IdempotencyHeaders.Replayed];

    public static TheoryData<string, string> Cells()
    {
        var cells = new TheoryData<string, string>();
        foreach (var feature in Features.All)
        {
            cells.Add(feature.Name, "1.1");
            cells.Add(feature.Name, "2.0");
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task An_endpoint_answers_as_without_the_library(string name, string version)
    {
        var feature = Features.All.Single(feature => feature.Name == name);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        var observation = new Observation();
        builder.Logging.ClearProviders().AddProvider(observation);
        builder.Services.AddSingleton(observation);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = version == "2.0" ? HttpProtocols.Http2 : HttpProtocols.Http1));
        builder.Services.AddIdempotency().AddInMemoryStore().AddHttp();
        builder.Services.AddRoutingCore();
        feature.Services(builder.Services);
        await using var app = builder.Build();
        feature.Pipeline(app);
        feature.Map(app, "/plain");
        feature.Map(app, "/once").WithIdempotency(options => options.AllowEndpointFilters = true);
        await app.StartAsync();
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, Expect100ContinueTimeout = TimeSpan.FromMinutes(10) };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(app.Urls.Single()), DefaultRequestVersion = new Version(version), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        // Without the library a key means nothing, but middleware that keeps something between two requests may see it.
        var plain = await SendAsync("/plain", key: null);
        var left = await observation.TakeAsync(feature.Observed);
        AssertSame(plain, await SendAsync("/once", key: null), []);
        Assert.Equal(left, await observation.TakeAsync(feature.Observed));
        Assert.All(feature.NotOffered, trailer => Assert.Equal(version == "2.0", plain.Headers.ContainsKey(trailer)));
        plain = await SendAsync("/plain", key: "k");
        Assert.Equal(left, await observation.TakeAsync(feature.Observed));
        AssertSame(plain, await SendAsync("/once", key: "k"), feature.NotOffered);
        Assert.Equal(left, await observation.TakeAsync(feature.Observed));
        plain = await SendAsync("/plain", key: "k");
        var replay = await SendAsync("/once", key: "k");
        if (feature.Fails)
        {
            // The connection broke before the claim was given up, perhaps, so this may be a 409; it is no answer that was cut short.
            Assert.True(replay.Status is null or 409 or 500, $"{replay.Status}");
            return;
        }

        AssertSame(plain, replay, feature.IsNotStored ? [] : [.. feature.NotReplayed, .. feature.NotOffered]);
        Assert.Equal(!feature.IsNotStored && feature.AnsweredBy is null, replay.Headers.ContainsKey(IdempotencyHeaders.Replayed));
        if (feature.AnsweredBy is { } mark)
        {
            Assert.True(plain.Headers.ContainsKey(mark) && replay.Headers.ContainsKey(mark));
        }

        async Task<Exchange> SendAsync(string path, string? key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = feature.Content(), Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
            foreach (var (header, value) in key is null ? feature.RequestHeaders : [.. feature.RequestHeaders, ("Idempotency-Key", key)])
            {
                request.Headers.TryAddWithoutValidation(header, value);
            }

            try
            {
                using var response = await client.SendAsync(request);
                var body = await response.Content.ReadAsByteArrayAsync();
                var headers = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
                    .Concat(response.TrailingHeaders.NonValidated.Select(trailer => KeyValuePair.Create($"trailer {trailer.Key}", trailer.Value)))
                    .ToDictionary(header => header.Key, header => string.Join('|', header.Value), StringComparer.OrdinalIgnoreCase);
                return new Exchange((int)response.StatusCode, headers, headers.GetValueOrDefault("Content-Encoding") == "gzip" ? Decompress(body) : body, body.Length);
            }
            catch (HttpRequestException) when (feature.Fails)
            {
                return new Exchange(null, [], [], 0);
            }
        }
    }

    /// <summary>Reading passes through: a HEAD has the length of the body that it leaves out, and a range is served, key or no key.</summary>
    [Theory]
    [InlineData("GET", null, null, 200, 10)]
    [InlineData("GET", "Range", "bytes=2-4", 206, 3)]
    [InlineData("GET", "Range", "bytes=20-", 416, 0)]
    [InlineData("GET", "If-None-Match", "\"v1\"", 304, null)]
    [InlineData("GET", "If-Match", "\"v2\"", 412, 0)]
    [InlineData("HEAD", null, null, 200, 10)]
    [InlineData("HEAD", "Range", "bytes=2-4", 206, 3)]
    public async Task Reading_answers_as_without_the_library(string method, string? header, string? value, int status, int? length)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddIdempotency().AddInMemoryStore().AddHttp();
        await using var app = builder.Build();
        app.MapMethods("/plain", ["GET", "HEAD"], Read);
        app.MapMethods("/once", ["GET", "HEAD"], Read).RequireIdempotencyKey();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        var plain = await SendAsync("/plain");
        Assert.StartsWith($"{status} ", plain, StringComparison.Ordinal);
        Assert.Contains(length is null ? $"{status} " : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {length}\n"), plain.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        for (var call = 0; call < 2; call++)
        {
            Assert.Equal(plain, await SendAsync("/once"));
        }

        static IResult Read() => Results.Bytes("0123456789"u8.ToArray(), "text/plain", enableRangeProcessing: true, entityTag: EntityTagHeaderValue.Parse("\"v1\""));

        async Task<string> SendAsync(string path)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.TryAddWithoutValidation("Idempotency-Key", "k");
            if (header is not null)
            {
                request.Headers.TryAddWithoutValidation(header, value);
            }

            using var response = await client.SendAsync(request);
            response.Headers.Date = null;
            return $"{(int)response.StatusCode} {response.Headers}{response.Content.Headers}{await response.Content.ReadAsStringAsync()}";
        }
    }

    private static void AssertSame(Exchange plain, Exchange other, string[] notReplayed)
    {
        // Where a plain answer breaks off after it began, an idempotent one never begins; whether the exception is answered with a 500 is the server's.
        Assert.Equal(plain.Status, other.Status == 500 && plain.Status is null ? null : other.Status);
        if (plain.Status is null)
        {
            return;
        }

        Assert.Equal(plain.Body, other.Body);
        Assert.Equal(Lines(plain, notReplayed), Lines(other, notReplayed));
        AssertFramedAlike(plain, other);
    }

    /// <summary>
    /// A length that the plain answer says is said, and only where it says none, since its end is not known when it begins, the idempotent one may: then it is the body's.
    /// </summary>
    private static void AssertFramedAlike(Exchange plain, Exchange other)
    {
        if (plain.Length is null && other.Length is { } known)
        {
            Assert.Equal(other.SentBytes.ToString(CultureInfo.InvariantCulture), known);
            Assert.False(other.Headers.ContainsKey("Transfer-Encoding"));
            return;
        }

        Assert.Equal(plain.Length, other.Length);
        Assert.Equal(plain.Headers.GetValueOrDefault("Transfer-Encoding"), other.Headers.GetValueOrDefault("Transfer-Encoding"));
    }

    private static IEnumerable<string> Lines(Exchange exchange, string[] left) => exchange.Headers
        .Where(header => !Differences.Contains(header.Key, StringComparer.OrdinalIgnoreCase) && !left.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
        .Select(header => $"{header.Key}: {header.Value}")
        .Order(StringComparer.OrdinalIgnoreCase);

    // How a body falls into pieces decides how it is compressed, not what it says.
    private static byte[] Decompress(byte[] body)
    {
        using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        using var output = new MemoryStream();
        gzip.CopyTo(output);
        return output.ToArray();
    }

    private sealed record Exchange(int? Status, Dictionary<string, string> Headers, byte[] Body, int SentBytes)
    {
        public string? Length => Headers.GetValueOrDefault("Content-Length");
    }
}
