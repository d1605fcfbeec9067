using System.Net;
using System.Text;
using System.Text.Json;

namespace Payments.LocalHost.Tests;

/// <summary>A payment whose charge stays undecided, from its listing to a person's decision and its caller's retry, on either real host.</summary>
public sealed class ParkedPaymentTests(AppFixture app) : IClassFixture<AppFixture>
{
    private readonly string _account = $"acct-{Guid.NewGuid():N}";

    [Theory]
    [InlineData(HostProgram.LocalHost)]
    [InlineData(HostProgram.FunctionApp)]
    public async Task It_is_answered_as_a_person_decides(HostProgram program)
    {
        await using var host = await app.ServeAsync(program);
        using var client = await host.ClientAsync();
        foreach (var (key, decision, status, charges) in new[] { ("paid", "captured", HttpStatusCode.Created, 1), ("unpaid", "not-charged", HttpStatusCode.Conflict, 1) })
        {
            var id = await LeaveUndecidedAsync(client, key);

            Assert.Equal((HttpStatusCode.OK, decision), await ResolveAsync(client, id, decision));
            Assert.Equal((HttpStatusCode.OK, decision), await ResolveAsync(client, id, decision));
            Assert.Equal(HttpStatusCode.Conflict, (await ResolveAsync(client, id, decision == "captured" ? "not-charged" : "captured")).Status);

            using var retry = await PayAsync(client, key);
            Assert.Equal((status, true), (retry.StatusCode, retry.Headers.Contains("Idempotency-Replayed")));
            Assert.DoesNotContain(await client.ListAsync("/api/parked"), parked => parked.Text("id") == id);
            Assert.Equal(charges, (await client.ListAsync($"/api/simulator/charges?accountId={_account}")).Count);
        }
    }

    private async Task<string> LeaveUndecidedAsync(HttpClient client, string key)
    {
        var before = (await client.ListAsync("/api/parked")).Select(parked => parked.Text("id")).ToHashSet();
        using var first = await PayAsync(client, key);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, first.StatusCode);
        var listed = Assert.Single(await client.ListAsync("/api/parked"), parked => !before.Contains(parked.Text("id")));
        Assert.Equal("The payment gateway has not decided yet.", listed.Text("reason"));
        return listed.Text("paymentId");
    }

    private Task<HttpResponseMessage> PayAsync(HttpClient client, string key) => client.PostAsync("/api/payments", $"{_account}-{key}", Api.Order(_account, "pm_unknown"));

    private static async Task<(HttpStatusCode Status, string? Decision)> ResolveAsync(HttpClient client, string id, string decision)
    {
        using var content = new StringContent(JsonSerializer.Serialize(new { decision, note = "The bank was asked." }), Encoding.UTF8, "application/json");
        using var response = await client.PostAsync($"/api/parked/{id}/resolve", content);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, body.RootElement.TryGetProperty("decision", out var made) ? made.GetString() : null);
    }
}
