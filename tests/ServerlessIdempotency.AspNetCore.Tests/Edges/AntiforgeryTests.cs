using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;

namespace ServerlessIdempotency.AspNetCore.Tests.Edges;

/// <summary>Forms with a token: what the middleware refuses is neither run nor replayed, and the token is no part of what is asked for.</summary>
public sealed partial class AntiforgeryTests
{
    /// <summary>Guards <c>Antiforgery.IsRefused</c>.</summary>
    [Theory]
    [InlineData("field")]
    [InlineData("header")]
    public async Task Without_a_valid_token_a_form_is_refused_also_where_its_answer_is_stored(string place)
    {
        await using var web = await StartAsync();
        var (cookie, token) = await TokenAsync(web);
        using var first = await PostAsync(web, cookie, token, place);
        using var forged = await PostAsync(web, cookie, "forged", place);
        using var missing = await PostAsync(web, cookie, null, place);
        using var fresh = await PostAsync(web, cookie, null, place, key: "other");

        Assert.Equal((200, 400, 400, 400), ((int)first.StatusCode, (int)forged.StatusCode, (int)missing.StatusCode, (int)fresh.StatusCode));
        Assert.Equal("EUR run 1", await first.Content.ReadAsStringAsync());
        Assert.DoesNotContain("run", await forged.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, web.Runs);
    }

    /// <summary>Guards <c>Antiforgery.FieldOf</c>: a page that is loaded again has another token.</summary>
    [Theory]
    [InlineData("field")]
    [InlineData("header")]
    public async Task The_same_form_with_a_new_token_replays(string place)
    {
        await using var web = await StartAsync();
        var (cookie, token) = await TokenAsync(web);
        var (_, later) = await TokenAsync(web, cookie);
        Assert.NotEqual(token, later);
        using var first = await PostAsync(web, cookie, token, place);
        using var repeat = await PostAsync(web, cookie, later, place);
        using var other = await PostAsync(web, cookie, later, place, currency: "USD");

        Assert.True(repeat.IsReplay());
        Assert.Equal(422, (int)other.StatusCode);
        Assert.Equal(1, web.Runs);
    }

    private static Task<WebFixture> StartAsync() => WebFixture.StartAsync(
        web =>
        {
            web.App.UseAntiforgery();
            web.App.MapGet("/page", (IAntiforgery antiforgery, HttpContext context) => antiforgery.GetAndStoreTokens(context).RequestToken);
            web.App.MapPost("/form", (IFormCollection form) => $"{form["currency"]} run {web.CountRun()}").RequireIdempotencyKey();
        },
        configureServices: services => services.AddAntiforgery());

    private static async Task<(string Cookie, string Token)> TokenAsync(WebFixture web, string? cookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/page");
        request.Headers.TryAddWithoutValidation("Cookie", cookie);
        using var page = await web.Client.SendAsync(request);
        return (cookie ?? CookieBeforeAttributes().Match(page.Header("Set-Cookie")!).Value, await page.Content.ReadAsStringAsync());
    }

    private static Task<HttpResponseMessage> PostAsync(WebFixture web, string cookie, string? token, string place, string key = "k", string currency = "EUR")
    {
        var fields = new Dictionary<string, string> { ["currency"] = currency };
        List<(string, string)> headers = [("Cookie", cookie)];
        if (token is not null && place == "field")
        {
            fields["__RequestVerificationToken"] = token;
        }
        else if (token is not null)
        {
            headers.Add(("RequestVerificationToken", token));
        }

        return web.Client.SendAsync(WebFixture.Request(HttpMethod.Post, key, "/form", new FormUrlEncodedContent(fields), [.. headers]));
    }

    [GeneratedRegex("^[^;]+")]
    private static partial Regex CookieBeforeAttributes();
}
