using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;

namespace ServerlessIdempotency.AspNetCore.Tests.Edges;

/// <summary>Callers are told apart by what stays the same from token to token. Guards <c>RequestPrincipal.Of</c>.</summary>
public sealed class PrincipalTests
{
    [Theory]
    [InlineData("sub=a", "sub=a;iat=2;jti=9", true)]
    [InlineData("sub=a", "sub=b", false)]
    [InlineData("oid=a;tid=x", "oid=a;tid=y", false)]
    [InlineData("oid=a;tid=x", "oid=a;tid=x;uti=7", true)]
    [InlineData("client_id=a", "client_id=b", false)]
    [InlineData("azp=a", "azp=b", false)]
    [InlineData("appid=a", "appid=b", false)]
    [InlineData("azp=a", "appid=a", false)]
    [InlineData("sub=a", "sub=a;scheme=other", false)]
    [InlineData("sub=a", "sub=a;issuer=other", false)]
    [InlineData("sub=anonymous", "", false)]
    [InlineData("", "", true)]
    public async Task Callers_share_a_key_only_where_they_are_one(string first, string second, bool isOne)
    {
        await using var web = await StartAsync();
        using var one = await web.PostAsync(headers: ("X-Claims", first));
        using var two = await web.PostAsync(headers: ("X-Claims", second));
        Assert.Equal((200, 200), ((int)one.StatusCode, (int)two.StatusCode));
        Assert.Equal(isOne, two.IsReplay());
    }

    [Fact]
    public async Task An_authenticated_caller_whom_nothing_names_is_refused_and_never_anonymous()
    {
        await using var web = await StartAsync();
        using var answer = await web.PostAsync(headers: ("X-Claims", "role=admin;jti=1"));
        await answer.AssertProblemAsync(403, "idempotency-principal-unknown");
        Assert.Equal((0, 0), (web.Runs, web.Store.Calls));
    }

    private static Task<WebFixture> StartAsync() => WebFixture.StartAsync(web =>
    {
        web.App.Use((context, next) =>
        {
            var claims = context.Request.Headers["X-Claims"].ToString().Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
            if (claims.Count > 0)
            {
                claims.Remove("issuer", out var issuer);
                claims.Remove("scheme", out var scheme);
                context.User = new ClaimsPrincipal(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Key, claim.Value, null, issuer ?? "issuer")), "test"));
                context.Features.Set<IAuthenticateResultFeature>(new Authenticated(AuthenticateResult.Success(new AuthenticationTicket(context.User, scheme ?? "Bearer"))));
            }

            return next(context);
        });
        web.App.MapPost("/things/{id}", () => $"run {web.CountRun()}").RequireIdempotencyKey();
    });

    private sealed class Authenticated(AuthenticateResult result) : IAuthenticateResultFeature
    {
        public AuthenticateResult? AuthenticateResult { get; set; } = result;
    }
}
