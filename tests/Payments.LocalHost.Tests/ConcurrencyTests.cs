using System.Net;
using System.Text.Json;

namespace Payments.LocalHost.Tests;

public sealed class ConcurrencyTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Theory]
    [InlineData("pm_ok", HostProgram.LocalHost)]
    [InlineData("pm_slow_400", HostProgram.LocalHost)]
    [InlineData("pm_ok", HostProgram.FunctionApp)]
    [InlineData("pm_slow_400", HostProgram.FunctionApp)]
    public async Task Sixty_four_posts_of_one_key_make_one_payment(string method, HostProgram program)
    {
        await using var host = await app.ServeAsync(program);
        using var client = await host.ClientAsync();
        var account = $"acct-{Guid.NewGuid():N}";
        var order = Api.Order(account, method);

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
        {
            using var response = await client.PostAsync("/api/payments", "one-key-" + account, order);
            return (response.StatusCode, IsReplayed: response.Headers.Contains("Idempotency-Replayed"), Body: await response.Content.ReadAsStringAsync());
        }));

        var first = Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created && !answer.IsReplayed);
        Assert.All(answers, answer => Assert.True(
            answer.StatusCode == HttpStatusCode.Conflict || (answer.StatusCode == HttpStatusCode.Created && answer.Body == first.Body),
            $"{answer.StatusCode} {answer.Body}"));
        for (var retry = 0; retry < 5; retry++)
        {
            using var response = await client.PostAsync("/api/payments", "one-key-" + account, order);
            Assert.Equal((HttpStatusCode.Created, first.Body), (response.StatusCode, await response.Content.ReadAsStringAsync()));
        }

        Assert.Single(await client.ListAsync($"/api/simulator/charges?accountId={account}"));
        var id = JsonDocument.Parse(first.Body).RootElement.Text("id");
        Assert.Equal(first.Body, await client.GetStringAsync($"/api/payments/{id}"));
        Assert.Equal(2, (await client.ListAsync($"/api/payments/{id}/ledger")).Count);
    }
}
