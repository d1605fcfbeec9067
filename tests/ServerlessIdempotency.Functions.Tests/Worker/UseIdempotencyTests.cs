using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Moq;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Functions.Worker;

namespace ServerlessIdempotency.Functions.Tests.Worker;

public sealed class UseIdempotencyTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_principal_that_the_app_sets_is_kept_whether_before_or_after(bool before)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        if (before)
        {
            builder.Services.AddIdempotency().AddHttp(options => options.Principal = _ => "tenant-1");
        }

        builder.UseIdempotency();
        if (!before)
        {
            builder.Services.AddIdempotency().AddHttp(options => options.Principal = _ => "tenant-1");
        }

        Assert.Equal("tenant-1", PrincipalOf(builder));
    }

    [Fact]
    public void Else_the_principal_is_the_callers_function_key()
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Services.AddIdempotency().AddHttp();
        builder.UseIdempotency();

        Assert.StartsWith("key:", PrincipalOf(builder), StringComparison.Ordinal);
    }

    [Fact]
    public void Called_twice_it_stands_in_the_pipeline_once()
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.UseIdempotency().UseIdempotency(options => options.KeyNames[new string('a', 64)] = "shop");

        Assert.Single(builder.Services, service => service.ServiceType == typeof(FunctionCatalog));
        using var services = builder.Services.BuildServiceProvider();
        Assert.Equal("shop", services.GetRequiredService<IOptions<FunctionIdempotencyOptions>>().Value.KeyNames[new string('a', 64)]);
    }

    // A wrong attribute in a library that the app refers to is found at the start, and no request is served without what it asks for.
    [Fact]
    public async Task Functions_of_referenced_assemblies_are_checked_too()
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Services.AddIdempotency().AddInMemoryStore();
        builder.UseIdempotency();
        var function = Mock.Of<IFunctionMetadata>(metadata => metadata.ScriptFile == $"{typeof(UseIdempotencyTests).Assembly.GetName().Name}.dll");
        builder.Services.AddSingleton(Mock.Of<IFunctionMetadataProvider>(provider =>
            provider.GetFunctionMetadataAsync(It.IsAny<string>()) == Task.FromResult(System.Collections.Immutable.ImmutableArray.Create(function))));
        await using var services = builder.Services.BuildServiceProvider();
        var catalog = services.GetRequiredService<FunctionCatalog>();

        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => catalog.ReadAsync());
        Assert.Contains("CreateWithTwoKeys", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<OptionsValidationException>(async () => await catalog.FindAsync(Mock.Of<FunctionDefinition>(definition => definition.Name == "CreateWithTwoKeys")));
    }

    // Never a silent default: a function that the worker did not tell of at the start, or told of without its assembly.
    [Fact]
    public async Task A_function_that_was_not_found_at_the_start_fails_and_one_without_the_attribute_runs()
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Services.AddIdempotency().AddInMemoryStore();
        builder.UseIdempotency();
        builder.Services.AddSingleton(Mock.Of<IFunctionMetadataProvider>(provider =>
            provider.GetFunctionMetadataAsync(It.IsAny<string>()) == Task.FromResult(System.Collections.Immutable.ImmutableArray<IFunctionMetadata>.Empty)));
        await using var services = builder.Services.BuildServiceProvider();
        var catalog = services.GetRequiredService<FunctionCatalog>();

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(async () => await catalog.FindAsync(Definition(nameof(FunctionsOfALibrary.CreateWithTwoKeys))));
        Assert.Contains("CreateWithTwoKeys", fault.Message, StringComparison.Ordinal);
        Assert.Null(await catalog.FindAsync(Definition(nameof(FunctionsOfALibrary.Read))));
    }

    private static FunctionDefinition Definition(string method) => Mock.Of<FunctionDefinition>(definition =>
        definition.Name == method && definition.PathToAssembly == typeof(UseIdempotencyTests).Assembly.Location && definition.EntryPoint == $"{typeof(FunctionsOfALibrary).FullName}.{method}");

    private static string PrincipalOf(FunctionsApplicationBuilder builder)
    {
        using var services = builder.Services.BuildServiceProvider();
        var context = new DefaultHttpContext();
        context.Request.Headers["x-functions-key"] = "a-key";
        return services.GetRequiredService<IOptions<HttpIdempotencyOptions>>().Value.Principal(context)!;
    }

    public static class FunctionsOfALibrary
    {
        [Idempotent(KeyHeader = "X-Request-Id", KeyBodyPath = "$.id")]
        public static IResult CreateWithTwoKeys([HttpTrigger("post")] HttpRequest request) => Results.Ok(request.Method);

        public static IResult Read([HttpTrigger("get")] HttpRequest request) => Results.Ok(request.Method);
    }
}
