using System.Net;
using System.Text.Json;

namespace Payments.LocalHost.Tests.Orders;

/// <summary>A client that places one order, with one key, at whichever host answers, and then looks what becomes of it.</summary>
internal sealed class OrderStory(string name, string method, string account, string sku, long price)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private JsonElement _order;

    public string Id => _order.Text("id");

    public string Status => _order.ValueKind == JsonValueKind.Undefined ? "not placed" : _order.Text("status");

    public string Outcome => _order.Text("outcome");

    public long Total => _order.GetProperty("total").GetInt64();

    public async Task PlaceAsync(Func<HttpClient> anyHost, CancellationToken cancellationToken)
    {
        var json = $$"""{"userId":"user {{name}}","orderReference":"{{name}}","items":[{"sku":"{{sku}}","quantity":1,"unitPrice":{{price}}}],"currency":"EUR","accountId":"{{account}}","paymentMethod":"{{method}}"}""";
        _order = await UntilAnsweredAsync(() => anyHost().PostAsync("/api/orders", name, json), cancellationToken);
    }

    public async Task UntilAsync(Func<HttpClient> anyHost, Func<string, bool> status, CancellationToken cancellationToken)
    {
        while (true)
        {
            _order = await UntilAnsweredAsync(() => anyHost().GetAsync($"/api/orders/{Id}", cancellationToken), cancellationToken);
            if (status(Status))
            {
                return;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Asks again while a host is down (no answer), the storage did not answer (503) or another attempt is under way (409).</summary>
    public static async Task<JsonElement> UntilAnsweredAsync(Func<Task<HttpResponseMessage>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var response = await ask();
                var body = await response.Content.ReadAsStringAsync(cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return JsonDocument.Parse(body).RootElement;
                }

                Assert.True(
                    response.StatusCode == HttpStatusCode.ServiceUnavailable || body.Contains("idempotency-key-in-progress", StringComparison.Ordinal),
                    $"{(int)response.StatusCode} {body}");
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // The host died or its connection did.
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
