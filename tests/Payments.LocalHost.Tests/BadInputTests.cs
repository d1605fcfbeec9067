using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Payments.LocalHost.Tests;

/// <summary>What no well-behaved client sends, byte by byte, to the real server: a problem each, never a 500.</summary>
public sealed class BadInputTests(AppFixture app) : IClassFixture<AppFixture>
{
    private const string Order = """{"accountId":"acct-1","amount":1250,"currency":"EUR","paymentMethod":"pm_ok"}""";

    private const string PlaceOrder = """{"userId":"u-1","orderReference":"r-1","items":[{"sku":"thing","quantity":2,"unitPrice":250}],"currency":"EUR","accountId":"acct-1","paymentMethod":"pm_ok"}""";

    private static readonly string[] OfNoFunction = ["GET /api/payments/a/b", "DELETE /api/payments", "GET /api/nowhere"];

    public static TheoryData<string, string, string, int> Requests => new()
    {
        { "POST /api/payments", "", Order, 400 },
        { "POST /api/payments", $"Idempotency-Key: {new string('k', 256)}", Order, 400 },
        { "POST /api/payments", "Idempotency-Key: a\u0001b", Order, 400 },
        { "POST /api/payments", "Idempotency-Key: a\tb", Order, 400 },
        { "POST /api/payments", "Idempotency-Key: schlüssel", Order, 400 },
        { "POST /api/payments", "Idempotency-Key: \"open", Order, 400 },
        { "POST /api/payments", "Idempotency-Key: a\r\nIdempotency-Key: b", Order, 400 },
        { "POST /api/payments", "Idempotency-Key: k", "{\"accountId\":", 400 },
        { "POST /api/payments", "Idempotency-Key: k", """{"\ud800":1}""", 400 },
        { "POST /api/payments", "Idempotency-Key: k", Order.Replace("EUR", "EUX", StringComparison.Ordinal), 400 },
        { "POST /api/payments", "Idempotency-Key: k", Order.Replace("1250", "-1250", StringComparison.Ordinal), 400 },
        { "POST /api/payments", "Idempotency-Key: k", Order.Replace("1250", "9223372036854775808", StringComparison.Ordinal), 400 },
        { "POST /api/payments", "Idempotency-Key: k", new string(' ', (1024 * 1024) + 1), 413 },
        { "POST /api/payments", "Idempotency-Key: k\r\nContent-Type: text/plain", Order, 415 },
        { "POST /api/payments/pay_00AAAAAAAAAAAAAAAAAAAAAA/capture", "Idempotency-Key: k", "", 404 },
        { "POST /api/payments/pay_00AAAAAAAAAAAAAAAAAAAAAA/capture", "Idempotency-Key: k", "{}", 404 },
        { "POST /api/payments/pay_00AAAAAAAAAAAAAAAAAAAAAA/capture", "", "", 400 },
        { "POST /api/payments/pay_00AAAAAAAAAAAAAAAAAAAAAA/refund", "Idempotency-Key: k", """{"amount":400}""", 400 },
        { "POST /api/payments/pay_00AAAAAAAAAAAAAAAAAAAAAA/refund", "Idempotency-Key: k", "all of it", 400 },
        { "GET /api/payments/pay_00AAAAAAAAAAAAAAAAAAAAAA", "", "", 404 },
        { "GET /api/payments/a/b", "", "", 404 },
        { "GET /api/payments/a%2Fb", "", "", 404 },
        { "GET /api/payments/a%23b", "", "", 404 },
        { "GET /api/payments/a%3Fb", "", "", 404 },
        { "GET /api/payments/%F0%9F%92%B8", "", "", 404 },
        { "GET /api/payments/%FF", "", "", 404 },
        { "GET /api/payments/" + new string('a', 4000), "", "", 404 },
        { "POST /api/orders", "Idempotency-Key: k", PlaceOrder.Replace("\"quantity\":2", "\"quantity\":-2", StringComparison.Ordinal), 400 },
        { "POST /api/orders", "Idempotency-Key: k", PlaceOrder.Replace("\"quantity\":2", "\"quantity\":2.5", StringComparison.Ordinal), 400 },
        { "POST /api/orders", "Idempotency-Key: k", PlaceOrder.Replace("250", "9223372036854775807", StringComparison.Ordinal), 400 },
        { "POST /api/orders", "Idempotency-Key: k", PlaceOrder.Replace("u-1", "\\ud800", StringComparison.Ordinal), 400 },
        { "POST /api/orders", "Idempotency-Key: k", """{"\ud800":1}""", 400 },
        { "POST /api/orders", "Idempotency-Key: k", PlaceOrder.Replace("unitPrice", "\\udc00", StringComparison.Ordinal), 400 },
        { "POST /api/orders", "Idempotency-Key: k", "[]", 400 },
        { "GET /api/orders/a%2Fb", "", "", 404 },
        { "GET /api/orders/a%23b", "", "", 404 },
        { "GET /api/orders/a%3Fb", "", "", 404 },
        { "GET /api/orders/%F0%9F%92%B8", "", "", 404 },
        { "GET /api/orders/%FF", "", "", 404 },
        { "PUT /api/stock/a%2Fb", "", "{\"quantity\":1}", 400 },
        { "PUT /api/stock/%F0%9F%92%B8", "", "{\"quantity\":1}", 400 },
        { "PUT /api/stock/thing", "", "{\"quantity\":1e30}", 400 },
        { "PUT /api/stock/thing", "", """{"\ud800aaaa":1}""", 400 },
        { "GET /api/stock/a%23b", "", "", 404 },
        { "POST /api/parked/a%2Fb/resolve", "", "{\"decision\":\"retry\",\"note\":\"n\"}", 404 },
        { "POST /api/parked/%F0%9F%92%B8/resolve", "", "{\"decision\":\"retry\",\"note\":\"n\"}", 404 },
        { "POST /api/parked/ord_00AAAAAAAAAAAAAAAAAAAAAA.1/resolve", "", "{\"decision\":\"retry\",\"note\":\"n\"}", 404 },
        { "POST /api/parked/ord_00AAAAAAAAAAAAAAAAAAAAAA.99999999999999999999/resolve", "", "{\"decision\":\"retry\",\"note\":\"n\"}", 404 },
        { "POST /api/parked/ord_00AAAAAAAAAAAAAAAAAAAAAA.1/resolve", "", "{\"decision\":\"guess\",\"note\":\"n\"}", 400 },
        { "POST /api/parked/pay_00AAAAAAAAAAAAAAAAAAAAAA/resolve", "", "{\"decision\":\"captured\",\"note\":\"n\"}", 404 },
        { "POST /api/parked/pay_00AAAAAAAAAAAAAAAAAAAAAA/resolve", "", "{\"decision\":\"retry\",\"note\":\"n\"}", 400 },
        { "POST /api/parked/ord_00AAAAAAAAAAAAAAAAAAAAAA.1/resolve", "", """{"\ud800":1}""", 400 },
        { $"POST /api/unsent-messages/{Base64Url.EncodeToString("Payments/local~00/a#b"u8)}/retry", "", "", 404 },
        { $"POST /api/unsent-messages/{Base64Url.EncodeToString("Payments/local~00/outbox|a#b"u8)}/retry", "", "", 404 },
        { "DELETE /api/payments", "", "", 405 },
        { "GET /api/nowhere", "", "", 404 },
    };

    [Theory]
    [InlineData(HostProgram.LocalHost)]
    [InlineData(HostProgram.FunctionApp)]
    public async Task Every_bad_request_is_answered_with_a_problem(HostProgram program)
    {
        await using var host = await app.ServeAsync(program);
        var served = await host.ServedAsync();
        foreach (var row in Requests)
        {
            var (line, headers, body, status) = ((string)row[0], (string)row[1], (string)row[2], (int)row[3]);

            var answer = await SendAsync(served, line, headers, body);

            Assert.True(answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{line} {headers}: {answer}");

            // What no function is for the Functions host answers itself, with no body.
            if (program == HostProgram.LocalHost || !OfNoFunction.Contains(line))
            {
                Assert.True(answer.Contains("Content-Type: application/problem+json", StringComparison.Ordinal), $"{line} {headers}: {answer}");
            }
        }
    }

    [Fact]
    public async Task What_the_server_itself_refuses_is_a_400_too()
    {
        await using var host = await app.ServeAsync(HostProgram.LocalHost);
        var served = await host.ServedAsync();

        // Kestrel refuses these before any code of ours runs, so they have no body.
        Assert.StartsWith("HTTP/1.1 400 ", await SendAsync(served, "GET /api/payments/%00", "", ""), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400 ", await SendAsync(served, "POST /api/payments", "Idempotency-Key: a\0b", Order), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_of_another_site_is_refused()
    {
        await using var host = await app.ServeAsync(HostProgram.LocalHost);

        Assert.StartsWith("HTTP/1.1 400 ", await SendAsync(await host.ServedAsync(), "GET /", "", "", host: "rebound.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_is_served_and_asks_for_nothing_elsewhere()
    {
        await using var host = await app.ServeAsync(HostProgram.LocalHost);
        using var client = await host.ClientAsync();

        using var page = await client.GetAsync("/");

        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("http", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("""{"status":"healthy"}""", await client.GetStringAsync("/healthz"));
    }

    private static async Task<string> SendAsync(Uri served, string line, string headers, string body, string? host = null)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(served.Host, served.Port);
        var stream = socket.GetStream();
        var content = Encoding.UTF8.GetBytes(body);
        var head = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{line} HTTP/1.1\r\nHost: {host ?? served.Authority}\r\nConnection: close\r\n")
            .Append(headers.Length == 0 ? "" : headers + "\r\n")
            .Append(content.Length == 0 || headers.Contains("Content-Type", StringComparison.Ordinal) ? "" : "Content-Type: application/json\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Length: {content.Length}\r\n\r\n");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(head.ToString()));
        try
        {
            await stream.WriteAsync(content);
        }
        catch (IOException)
        {
            // A server that refuses the head need not read the body.
        }

        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer);
        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
