using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Moq;
using ServerlessIdempotency.Functions.Principals;

namespace ServerlessIdempotency.Functions.Tests.Principals;

/// <summary>Where <c>code</c> is a key, and where it is meaning.</summary>
public sealed class FunctionKeyPlaceTests
{
    [Theory]
    [InlineData(nameof(Functions.Pay), false, "code")]
    [InlineData(nameof(Functions.Administer), false, "code")]
    [InlineData(nameof(Functions.Pay), true, null)]
    [InlineData(nameof(Functions.Browse), false, null)]
    [InlineData(nameof(Functions.Wait), false, "code")]
    public void The_query_has_the_key_where_the_function_asks_for_one_and_the_header_has_none(string function, bool inHeader, string? parameter)
    {
        var http = new DefaultHttpContext();
        if (inHeader)
        {
            http.Request.Headers["x-functions-key"] = "a-key";
        }

        new FunctionKeyPlace().Mark(ContextOf(function, http));

        Assert.Equal(parameter, FunctionKeyPlace.InQueryOf(http));
    }

    /// <summary>Else two coupons under one key would be two callers, and both would run.</summary>
    [Theory]
    [InlineData(nameof(Functions.Pay), false)]
    [InlineData(nameof(Functions.Browse), true)]
    public void What_is_no_key_names_no_caller(string function, bool isAnonymous)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString("?code=COUPON-A");
        new FunctionKeyPlace().Mark(ContextOf(function, http));

        Assert.Equal(isAnonymous, new FunctionAppPrincipal(isAuthenticationEnabled: false, new Dictionary<string, string>()).Of(http) == FunctionAppPrincipal.Anonymous);
    }

    private static FunctionContext ContextOf(string function, HttpContext http)
    {
        var definition = Mock.Of<FunctionDefinition>(definition => definition.Name == function
            && definition.PathToAssembly == typeof(FunctionKeyPlaceTests).Assembly.Location && definition.EntryPoint == $"{typeof(Functions).FullName}.{function}");

        // Where the ASP.NET Core integration keeps the request.
        var items = new Dictionary<object, object> { ["HttpRequestContext"] = http };
        return Mock.Of<FunctionContext>(context => context.FunctionDefinition == definition && context.Items == items);
    }

    public static class Functions
    {
        public static IResult Pay([HttpTrigger("post")] HttpRequest request) => Results.Ok(request.Method);

        public static IResult Administer([HttpTrigger(AuthorizationLevel.Admin, "post")] HttpRequest request) => Results.Ok(request.Method);

        public static IResult Browse([HttpTrigger(AuthorizationLevel.Anonymous, "post")] HttpRequest request) => Results.Ok(request.Method);

        public static string Wait(string message) => message;
    }
}
