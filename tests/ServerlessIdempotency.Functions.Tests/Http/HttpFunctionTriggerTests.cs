using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Functions.Http;
using ServerlessIdempotency.Functions.Settings;

namespace ServerlessIdempotency.Functions.Tests.Http;

public sealed class HttpFunctionTriggerTests
{
    /// <summary>A key that is required and then ignored, or an attribute that never has an effect, would be a promise that nobody keeps.</summary>
    [Theory]
    [InlineData(nameof(Functions.Put), true, "PUT")]
    [InlineData(nameof(Functions.PostAndDelete), true, "DELETE")]
    [InlineData(nameof(Functions.Post), true, null)]
    [InlineData(nameof(Functions.GetAndPost), true, null)]
    [InlineData(nameof(Functions.Put), false, "has no effect, since PUT")]
    [InlineData(nameof(Functions.Get), true, "has no effect, since GET")]
    [InlineData(nameof(Functions.PostAndDelete), false, null)]
    [InlineData(nameof(Functions.PostAndSafeOnes), true, null)]
    public void A_key_that_a_method_ignores_is_a_fault_where_it_is_required_or_every_method_ignores_it(string function, bool requireKey, string? ignored)
    {
        var attribute = new IdempotentAttribute { RequireKey = requireKey };
        using var services = Services();
        var trigger = ActivatorUtilities.CreateInstance<HttpFunctionTrigger>(services);
        var description = FunctionDescription.Of(typeof(Functions).GetMethod(function)!);

        string[] faults = [.. trigger.Check(description, FunctionSettings.Read(description, trigger, attribute, []), new HostSettings(FunctionTimeout: null, AutoCompleteMessages: false))];

        Assert.Equal(ignored is null ? 0 : 1, faults.Length);
        Assert.All(faults, fault => Assert.Contains(ignored!, fault, StringComparison.Ordinal));
    }

    /// <summary>Guards <c>CredentialInQuery</c> in <c>UseIdempotency</c>: a rotated function key asks for nothing else.</summary>
    [Fact]
    public async Task A_rotated_code_in_the_query_replays() => Assert.Equal(1, await RunsOfCodesAsync(functionKey: null));

    /// <summary>Laws 7 and 12. Guards <c>FunctionKeyPlace</c>: the host looks into the header first, and what is in the query then is for the function.</summary>
    [Fact]
    public async Task A_code_beside_the_header_that_has_the_key_is_meaning() => Assert.Equal((1, 2), (await RunsOfCodesAsync("a-key"), _refused));

    private int _refused;

    // Three calls under one key, with a code each.
    private async Task<int> RunsOfCodesAsync(string? functionKey)
    {
        var builder = Microsoft.Azure.Functions.Worker.Builder.FunctionsApplication.CreateBuilder([]);
        builder.Services.AddIdempotency().AddInMemoryStore().AddHttp(options => options.Principal = _ => "caller");
        builder.UseIdempotency();
        await using var services = builder.Services.BuildServiceProvider();
        var http = services.GetRequiredService<IdempotentHttp>();
        var runs = 0;

        foreach (var query in new[] { "?code=old&coupon=1", "?code=new&coupon=1", "?Code=newest&coupon=1" })
        {
            var context = new DefaultHttpContext { RequestServices = services };
            (context.Request.Method, context.Request.Path, context.Request.QueryString) = ("POST", "/api/orders", new QueryString(query));
            context.Request.Headers[IdempotencyHeaders.Key] = "k";
            if (functionKey is not null)
            {
                context.Request.Headers["x-functions-key"] = functionKey;
            }

            context.Response.Body = Stream.Null;
            await (await http.ExecuteAsync(context.Request, HttpOperation.Default, _ => Task.FromResult(Results.Text($"run {++runs}")), default)).ExecuteAsync(context);
            _refused += context.Response.StatusCode == StatusCodes.Status422UnprocessableEntity ? 1 : 0;
        }

        return runs;
    }

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddIdempotency().AddInMemoryStore().AddHttp();
        services.AddSingleton<HttpExecution>();
        return services.BuildServiceProvider();
    }

    private static class Functions
    {
        public static IResult Post([HttpTrigger(AuthorizationLevel.Function, "post")] HttpRequest request) => Results.Ok(request.Method);

        public static IResult Put([HttpTrigger(AuthorizationLevel.Function, "put")] HttpRequest request) => Results.Ok(request.Method);

        public static IResult Get([HttpTrigger(AuthorizationLevel.Function, "get")] HttpRequest request) => Results.Ok(request.Method);

        public static IResult GetAndPost([HttpTrigger(AuthorizationLevel.Function, "get", "post")] HttpRequest request) => Results.Ok(request.Method);

        public static IResult PostAndSafeOnes([HttpTrigger(AuthorizationLevel.Function, "post", "head", "options", "trace")] HttpRequest request) => Results.Ok(request.Method);

        public static IResult PostAndDelete([HttpTrigger(AuthorizationLevel.Function, "post", "delete")] HttpRequest request) => Results.Ok(request.Method);
    }
}
