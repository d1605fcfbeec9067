using System.Net;
using System.Text.Json;

namespace Payments.LocalHost.Tests;

/// <summary>
/// A client that makes one payment, retries every step with the step's own key until it is answered, and goes on where it was after the host died.
/// </summary>
internal sealed class PaymentStory(string method, bool isReservedFirst)
{
    private readonly string _name = Guid.NewGuid().ToString("N");
    private readonly List<(string Path, string Key, string? Json, string Body)> _done = [];
    private bool _isUnderWay;

    public bool IsComplete => _done.Count == StepCount;

    /// <summary>A request was sent and not answered.</summary>
    public bool IsInterrupted => _isUnderWay;

    private int StepCount => isReservedFirst ? 3 : 1;

    private string Account => $"acct-{_name}";

    private string Id => JsonDocument.Parse(_done[0].Body).RootElement.Text("id");

    /// <exception cref="HttpRequestException">The host died.</exception>
    public async Task GoOnAsync(HttpClient client)
    {
        while (!IsComplete)
        {
            var (path, json) = _done.Count switch
            {
                0 => ("/api/payments", Api.Order(Account, method, capture: !isReservedFirst)),
                1 => ($"/api/payments/{Id}/capture", null),
                _ => ($"/api/payments/{Id}/refund", (string?)null),
            };
            var key = $"{_name}-{_done.Count}";
            _isUnderWay = true;
            var body = await PostUntilAnsweredAsync(client, path, key, json);
            _isUnderWay = false;
            _done.Add((path, key, json, body));
        }
    }

    /// <summary>The end is that of a run without any crash.</summary>
    public async Task AssertMadeOnceAsync(HttpClient client)
    {
        foreach (var (path, key, json, body) in _done)
        {
            using var repeat = await client.PostAsync(path, key, json);
            Assert.Equal(body, await repeat.Content.ReadAsStringAsync());
            Assert.Equal("true", Assert.Single(repeat.Headers.GetValues("Idempotency-Replayed")));
        }

        var charge = Assert.Single(await client.ListAsync($"/api/simulator/charges?accountId={Account}"));
        Assert.Equal(isReservedFirst ? "refunded" : "captured", charge.Text("status"));
        Assert.Equal(_done[^1].Body, await client.GetStringAsync($"/api/payments/{Id}"));
        Assert.Equal(charge.Text("reference"), JsonDocument.Parse(_done[^1].Body).RootElement.Text("gatewayReference"));
        var ledger = await client.ListAsync($"/api/payments/{Id}/ledger");
        Assert.Equal(isReservedFirst ? 4 : 2, ledger.Count);
        Assert.All(ledger.GroupBy(entry => entry.Text("transactionId")), transaction => Assert.Equal(0, transaction.Sum(entry => entry.GetProperty("amount").GetInt64())));
    }

    // 409: the killed host's lease still runs. 503: the test payment method's first attempt.
    private static async Task<string> PostUntilAnsweredAsync(HttpClient client, string path, string key, string? json)
    {
        var answer = await Until.Async(
            async () =>
            {
                using var response = await client.PostAsync(path, key, json);
                return (response.StatusCode, response.IsSuccessStatusCode, Body: await response.Content.ReadAsStringAsync());
            },
            answer => answer.StatusCode != HttpStatusCode.ServiceUnavailable
                && !(answer.StatusCode == HttpStatusCode.Conflict && answer.Body.Contains("idempotency-key-in-progress", StringComparison.Ordinal)));
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {answer.Body}");
        return answer.Body;
    }
}
