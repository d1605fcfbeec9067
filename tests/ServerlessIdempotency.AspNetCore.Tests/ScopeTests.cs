using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Requests;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;

namespace ServerlessIdempotency.AspNetCore.Tests;

/// <summary>Law 10. Guards the principal in <c>HttpExecution.Describe</c> and the parts of <c>RequestPrincipal</c>.</summary>
public sealed class ScopeTests
{
    public static TheoryData<(string, string)[], (string, string)[]> Strangers => new()
    {
        { [("X-User", "alice")], [("X-User", "bob")] },
        { [("X-User", "alice")], [] },
        { [("X-User", "alice")], [("X-User", "alice"), ("X-Issuer", "other")] },
        { [("X-User", "b:c"), ("X-Issuer", "a")], [("X-User", "c"), ("X-Issuer", "a:b")] },
        { [], [("X-User", "anonymous"), ("X-Name-Only", "1")] },
        { [("X-User", "alice")], [("X-User", "alice"), ("X-Name-Only", "1")] },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task A_key_of_another_principal_is_not_found((string, string)[] one, (string, string)[] other)
    {
        await using var web = await CountingAsync();
        using var first = await web.PostAsync(headers: one);
        using var second = await web.PostAsync(headers: other);
        Assert.Equal("run 2", await second.Content.ReadAsStringAsync());
        Assert.False(second.IsReplay());

        // Nor does another request under it tell by a 422 that the key exists.
        using var third = await web.PostAsync("k2", headers: one);
        using var fourth = await web.PostAsync("k2", body: "[]", headers: other);
        Assert.Equal(200, (int)fourth.StatusCode);
    }

    [Fact]
    public async Task A_key_of_the_same_principal_is_found()
    {
        await using var web = await CountingAsync();
        using var first = await web.PostAsync(headers: ("X-User", "alice"));
        using var second = await web.PostAsync(headers: ("X-User", "alice"));
        Assert.True(second.IsReplay());
    }

    [Fact]
    public async Task Another_resource_or_method_is_another_operation()
    {
        await using var web = await CountingAsync();
        using var first = await web.PostAsync();
        using var resource = await web.PostAsync(uri: "/things/2");
        using var request = WebFixture.Request(HttpMethod.Patch, "k", "/things/1", new StringContent("""{"amount":1}""", System.Text.Encoding.UTF8, "application/json"));
        using var method = await web.Client.SendAsync(request);
        Assert.Equal("run 2", await resource.Content.ReadAsStringAsync());
        Assert.Equal("run 3", await method.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_app_can_name_the_principal_itself()
    {
        await using var web = await WebFixture.StartAsync(
            (web, context) => context.Response.WriteAsync($"run {web.CountRun()}"),
            options => options.Principal = context => context.Request.Headers["X-Merchant"].ToString());
        using var first = await web.PostAsync(headers: [("X-Merchant", "m1"), ("X-User", "alice")]);
        using var colleague = await web.PostAsync(headers: [("X-Merchant", "m1"), ("X-User", "bob")]);
        using var stranger = await web.PostAsync(headers: [("X-Merchant", "m2"), ("X-User", "alice")]);
        Assert.True(colleague.IsReplay());
        Assert.False(stranger.IsReplay());
    }

    /// <summary>Guards <c>IsAuthenticated</c> in <c>RequestPrincipal.Of</c>: what nobody vouched for names nobody.</summary>
    [Fact]
    public void An_identity_that_is_not_authenticated_is_the_anonymous_caller()
    {
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "alice")])) };

        Assert.Equal(RequestPrincipal.Anonymous, RequestPrincipal.Of(context));
    }

    private static Task<WebFixture> CountingAsync() =>
        WebFixture.StartAsync((web, context) => context.Response.WriteAsync($"run {web.CountRun()}"));
}
