using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;

namespace ServerlessIdempotency.AspNetCore.Tests;

public sealed class KeyTests
{
    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    public async Task A_required_key_that_is_missing_is_a_400_that_says_what_to_send(string method)
    {
        await using var web = await CountingAsync();
        using var request = WebFixture.Request(new HttpMethod(method), key: null, "/things/1", content: null);
        using var answer = await web.Client.SendAsync(request);
        await answer.AssertProblemAsync(400, "idempotency-key-missing", "Send an Idempotency-Key header");
        Assert.Equal((0, 0), (web.Runs, web.Store.Calls));
    }

    [Fact]
    public async Task An_optional_key_that_is_missing_lets_the_request_run_each_time()
    {
        await using var web = await WebFixture.StartAsync(web => web.App.MapPost("/things/{id}", () => $"run {web.CountRun()}").WithIdempotency());
        using var first = await web.PostAsync(key: null);
        using var second = await web.PostAsync(key: null);
        Assert.Equal("run 2", await second.Content.ReadAsStringAsync());
        Assert.Null(second.Header(IdempotencyHeaders.Expires));
        Assert.Equal(0, web.Store.Calls);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\u0001b")]
    [InlineData("a\u007fb")]
    [InlineData("k\u00e9")]
    [InlineData("\"unbalanced")]
    [InlineData("\"one\" two")]
    [InlineData("\"\"")]
    [InlineData("one,two")]
    [InlineData("\"one\",\"two\"")]
    public async Task A_malformed_key_is_a_400_and_nothing_runs(string key)
    {
        await using var web = await CountingAsync();
        Assert.Equal(400, await StatusOfAsync(web, key));
        Assert.Equal((0, 0), (web.Runs, web.Store.Calls));
    }

    [Fact]
    public async Task Two_keys_are_a_400_that_says_so()
    {
        await using var web = await CountingAsync();
        using var answer = await web.PostAsync("one", headers: (IdempotencyHeaders.Key, "two"));
        await answer.AssertProblemAsync(400, "idempotency-key-invalid", "more than one key");
        Assert.Equal(0, web.Runs);
    }

    [Fact]
    public async Task A_key_may_have_255_characters_and_not_256()
    {
        await using var web = await CountingAsync();
        using var allowed = await web.PostAsync(new string('k', 255));
        using var refused = await web.PostAsync(new string('k', 256));
        Assert.Equal(200, (int)allowed.StatusCode);
        await refused.AssertProblemAsync(400, "idempotency-key-invalid", "256");
    }

    [Fact]
    public async Task The_quoted_and_the_bare_form_name_one_key()
    {
        await using var web = await CountingAsync();
        using var bare = await web.PostAsync("abc");
        using var quoted = await web.PostAsync("\"abc\"");
        Assert.True(quoted.IsReplay());
        Assert.Equal(1, web.Runs);
    }

    [Fact]
    public async Task A_comma_within_quotes_is_part_of_the_key()
    {
        await using var web = await CountingAsync();
        using var answer = await web.PostAsync("\"a,b\"");
        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Methods_that_are_idempotent_by_the_standard_pass_through(string method)
    {
        await using var web = await CountingAsync();
        for (var call = 1; call <= 2; call++)
        {
            using var request = WebFixture.Request(new HttpMethod(method), call == 1 ? null : "a b", "/things/1", content: null);
            using var answer = await web.Client.SendAsync(request);
            Assert.Equal($"run {call}", await answer.Content.ReadAsStringAsync());
        }

        Assert.Equal(0, web.Store.Calls);
    }

    private static Task<WebFixture> CountingAsync() =>
        WebFixture.StartAsync((web, context) => context.Response.WriteAsync($"run {web.CountRun()}"));

    // An HttpClient would not send some of these.
    private static async Task<int> StatusOfAsync(WebFixture web, string key)
    {
        var context = await web.App.GetTestServer().SendAsync(context =>
        {
            context.Request.Method = "POST";
            context.Request.Path = "/things/1";
            context.Request.Headers[IdempotencyHeaders.Key] = key;
        });
        using var reader = new StreamReader(context.Response.Body);
        Assert.Contains("idempotency-key-invalid", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        return context.Response.StatusCode;
    }
}
