using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.Functions.Principals;

namespace ServerlessIdempotency.Functions.Tests.Principals;

public sealed class FunctionAppPrincipalTests
{
    private const string Alice = """{"auth_typ":"aad","name_typ":"name","claims":[{"typ":"iss","val":"https://issuer"},{"typ":"sub","val":"alice"},{"typ":"name","val":"A"}]}""";

    [Fact]
    public void The_user_of_app_service_authentication_is_the_principal() =>
        Assert.Equal("sub:3:aad:14:https://issuer:0::5:alice", Of(isAuthenticationEnabled: true, request => request.Headers["X-MS-CLIENT-PRINCIPAL"] = Base64(Alice)));

    /// <summary>Guards the check of <c>isAuthenticationEnabled</c>: without App Service authentication nobody strips the header from what a client sends.</summary>
    [Fact]
    public void A_forged_header_is_not_believed() =>
        Assert.Equal("anonymous", Of(isAuthenticationEnabled: false, request => request.Headers["X-MS-CLIENT-PRINCIPAL"] = Base64(Alice)));

    [Fact]
    public void Without_a_user_the_function_key_is_the_principal()
    {
        var byHeader = Of(isAuthenticationEnabled: true, request => request.Headers["x-functions-key"] = "secret");

        Assert.Equal($"key:{Hash("secret")}", byHeader);
        Assert.Equal(byHeader, Of(isAuthenticationEnabled: false, request => request.QueryString = new QueryString("?code=secret")));
        Assert.DoesNotContain("secret", byHeader, StringComparison.Ordinal);
        Assert.NotEqual(byHeader, Of(isAuthenticationEnabled: false, request => request.Headers["x-functions-key"] = "other"));
    }

    /// <summary>Guards the order of the two places: the host checks the header's key where there are both.</summary>
    [Fact]
    public void A_second_key_beside_the_checked_one_does_not_count() =>
        Assert.Equal($"key:{Hash("mine")}", Of(isAuthenticationEnabled: false, request =>
        {
            request.Headers["x-functions-key"] = "mine";
            request.QueryString = new QueryString("?code=another-ones");
        }));

    [Fact]
    public void A_named_key_can_be_rotated()
    {
        var names = new Dictionary<string, string> { [Hash("old")] = "shop", [Hash("new")] = "shop" };

        Assert.Equal("key-name:shop", Of(isAuthenticationEnabled: false, request => request.Headers["x-functions-key"] = "old", names));
        Assert.Equal("key-name:shop", Of(isAuthenticationEnabled: false, request => request.Headers["x-functions-key"] = "new", names));
    }

    [Fact]
    public void The_same_subject_of_two_issuers_is_two_principals()
    {
        var other = Alice.Replace("https://issuer", "https://other1", StringComparison.Ordinal);

        Assert.NotEqual(
            Of(isAuthenticationEnabled: true, request => request.Headers["X-MS-CLIENT-PRINCIPAL"] = Base64(Alice)),
            Of(isAuthenticationEnabled: true, request => request.Headers["X-MS-CLIENT-PRINCIPAL"] = Base64(other)));
    }

    /// <summary>Null becomes the 403 that says so.</summary>
    [Theory]
    [InlineData("not base64!")]
    [InlineData("bm8ganNvbg==")]
    [InlineData("e30=")]
    public void A_header_that_names_nobody_is_no_caller_without_one(string header) =>
        Assert.Null(Of(isAuthenticationEnabled: true, request => request.Headers["X-MS-CLIENT-PRINCIPAL"] = header));

    [Theory]
    [InlineData("oid", "tid")]
    [InlineData("http://schemas.microsoft.com/identity/claims/objectidentifier", "http://schemas.microsoft.com/identity/claims/tenantid")]
    public void An_object_id_belongs_to_its_tenant(string id, string tenant)
    {
        string User(string tenantId) => Base64($$"""{"auth_typ":"aad","claims":[{"typ":"{{id}}","val":"o"},{"typ":"{{tenant}}","val":"{{tenantId}}"}]}""");

        var one = Of(isAuthenticationEnabled: true, request => request.Headers["X-MS-CLIENT-PRINCIPAL"] = User("1"));

        Assert.NotNull(one);
        Assert.NotEqual(one, Of(isAuthenticationEnabled: true, request => request.Headers["X-MS-CLIENT-PRINCIPAL"] = User("2")));
    }

    [Theory]
    [InlineData("client_id")]
    [InlineData("azp")]
    [InlineData("appid")]
    public void An_application_is_known_by_its_id(string type) => Assert.NotNull(Of(
        isAuthenticationEnabled: true,
        request => request.Headers["X-MS-CLIENT-PRINCIPAL"] = Base64($$"""{"auth_typ":"aad","claims":[{"typ":"{{type}}","val":"app"}]}""")));

    [Fact]
    public void A_name_that_equals_anothers_subject_is_another_caller()
    {
        const string Named = """{"auth_typ":"aad","name_typ":"name","claims":[{"typ":"iss","val":"https://issuer"},{"typ":"name","val":"alice"}]}""";

        Assert.NotEqual(
            Of(isAuthenticationEnabled: true, request => request.Headers["X-MS-CLIENT-PRINCIPAL"] = Base64(Alice)),
            Of(isAuthenticationEnabled: true, request => request.Headers["X-MS-CLIENT-PRINCIPAL"] = Base64(Named)));
    }

    /// <summary>Law 10: authenticated by middleware in the worker is not anonymous.</summary>
    [Fact]
    public void A_user_that_the_worker_authenticated_is_the_principal()
    {
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "alice", null, "issuer")], "bearer")) };

        Assert.Equal("sub:0::6:issuer:0::5:alice", new FunctionAppPrincipal(isAuthenticationEnabled: false, new Dictionary<string, string>()).Of(context));
    }

    private static string? Of(bool isAuthenticationEnabled, Action<HttpRequest> shape, Dictionary<string, string>? names = null)
    {
        var context = new DefaultHttpContext();
        shape(context.Request);
        return new FunctionAppPrincipal(isAuthenticationEnabled, names ?? []).Of(context);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
