using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;
using ServerlessIdempotency.Fingerprints;

namespace ServerlessIdempotency.AspNetCore.Tests;

public sealed class MismatchTests
{
    [Theory]
    [InlineData("/things/1", """{"amount":2}""")]
    [InlineData("/things/1?dry=1", """{"amount":1}""")]
    public async Task The_same_key_with_another_request_is_a_422_and_nothing_runs(string uri, string body)
    {
        await using var web = await CountingAsync();
        using var first = await web.PostAsync();
        using var other = await web.PostAsync(uri: uri, body: body);
        await other.AssertProblemAsync(422, "idempotency-key-reused");
        Assert.Equal(1, web.Runs);
    }

    [Fact]
    public async Task How_the_json_is_written_does_not_matter()
    {
        await using var web = await CountingAsync();
        using var first = await web.PostAsync(body: """{"amount":1.50,"to":"é"}""");
        using var bytes = Bytes("\uFEFF{ \"to\" : \"\\u00e9\", \"amount\" : 15e-1 }", "application/json");
        using var request = WebFixture.Request(HttpMethod.Post, "k", "/things/1", bytes);
        using var repeat = await web.Client.SendAsync(request);
        Assert.True(repeat.IsReplay());
    }

    [Theory]
    [InlineData("text/plain", """{"a":1}""", "text/plain", """{ "a":1}""")]
    [InlineData("text/plain", "a", "text/html", "a")]
    [InlineData("application/json", "{}", "application/merge-patch+json", "{}")]
    public async Task Of_other_content_every_byte_and_the_type_matter(string type, string body, string otherType, string otherBody)
    {
        await using var web = await CountingAsync();
        using var firstBytes = Bytes(body, type);
        using var firstRequest = WebFixture.Request(HttpMethod.Post, "k", "/things/1", firstBytes);
        using var first = await web.Client.SendAsync(firstRequest);
        using var otherBytes = Bytes(otherBody, otherType);
        using var otherRequest = WebFixture.Request(HttpMethod.Post, "k", "/things/1", otherBytes);
        using var other = await web.Client.SendAsync(otherRequest);
        await other.AssertProblemAsync(422, "idempotency-key-reused");
    }

    [Fact]
    public async Task A_named_operation_gives_its_own_fingerprint_and_is_one_over_all_paths()
    {
        var operation = new HttpOperation { Name = "pay", Fingerprint = body => Fingerprint.FromJson("pay", body) };
        await using var web = await WebFixture.StartAsync(web =>
        {
            web.App.MapPost("/things/{id}", () => $"run {web.CountRun()}").RequireIdempotencyKey(operation);
            web.App.MapPost("/v2/things/{id}", () => $"run {web.CountRun()}").RequireIdempotencyKey(operation);
        });
        using var first = await web.PostAsync();
        using var repeat = await web.PostAsync(uri: "/v2/things/1");
        Assert.True(repeat.IsReplay());
        Assert.Equal("run 1", await repeat.Content.ReadAsStringAsync());
    }

    /// <summary>Guards the arguments in <c>HttpExecution.DescribeAsync</c>: a name alone would replay one account's answer for another.</summary>
    [Fact]
    public async Task A_name_that_several_resources_share_is_an_operation_of_each()
    {
        await using var web = await WebFixture.StartAsync(
            web => web.App.MapPost("/things/{id}", () => $"run {web.CountRun()}").RequireIdempotencyKey(new HttpOperation { Name = "pay" }));
        using var first = await web.PostAsync();
        using var other = await web.PostAsync(uri: "/things/2");
        using var repeat = await web.PostAsync();
        Assert.Equal("run 2", await other.Content.ReadAsStringAsync());
        Assert.Equal("run 1", await repeat.Content.ReadAsStringAsync());
    }

    private static Task<WebFixture> CountingAsync() =>
        WebFixture.StartAsync((web, context) => context.Response.WriteAsync($"run {web.CountRun()}"));

    private static ByteArrayContent Bytes(string text, string type) =>
        new(System.Text.Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
}
