using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Functions.Http;
using ServerlessIdempotency.Functions.Keys;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using Found = ServerlessIdempotency.Execution.ProbeOutcome<ServerlessIdempotency.Execution.HandlerOutcome<ServerlessIdempotency.Records.OperationResult>>;

namespace ServerlessIdempotency.Functions.Tests.Http;

public sealed class HttpExecutionTests : IDisposable
{
    private static readonly FunctionSettings ByHeader = new("CreateOrder", new KeySource.Header("Idempotency-Key"));
    private static readonly FunctionSettings ByBody = ByHeader with { Key = new KeySource.Body(JsonKeyPath.Parse("$.order.id")) };

    private readonly ServiceProvider _services;
    private readonly HttpExecution _execution;
    private int _runs;

    public HttpExecutionTests()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMvcCore();
        services.AddScoped(_ => new Gateway("the gateway"));
        services.AddIdempotency().AddInMemoryStore().AddHttp(options => options.MaxBodyBytes = 1000);
        _services = services.BuildServiceProvider();
        _execution = new HttpExecution(_services.GetRequiredService<IdempotentHttp>());
    }

    [Fact]
    public async Task A_repeat_gets_the_stored_answer_and_the_function_does_not_run()
    {
        var first = await SendAsync(ByHeader, """{"amount":1}""", key: "k-1");
        var second = await SendAsync(ByHeader, """{"amount":1}""", key: "k-1");

        Assert.Equal((201, """{"run":1}"""), (first.StatusCode, first.Body));
        Assert.Equal((201, """{"run":1}"""), (second.StatusCode, second.Body));
        Assert.Equal("true", second.Headers["Idempotency-Replayed"]);
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task The_key_may_be_in_another_header()
    {
        var function = ByHeader with { Key = new KeySource.Header("X-Request-Id") };

        await SendAsync(function, "{}", header: ("X-Request-Id", "r-1"));
        var repeat = await SendAsync(function, "{}", header: ("X-Request-Id", "r-1"));

        Assert.Equal("true", repeat.Headers["Idempotency-Replayed"]);
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task The_key_may_be_in_the_body_and_the_function_still_reads_the_body()
    {
        string? read = null;
        async Task<object?> ReadAsync(HttpRequest request)
        {
            using var reader = new StreamReader(request.Body);
            read = await reader.ReadToEndAsync();
            return Results.Ok();
        }

        await SendAsync(ByBody, """{"order":{"id":"o-1"}}""", run: ReadAsync);
        var repeat = await SendAsync(ByBody, """{ "order": { "id": "o-1" } }""", run: ReadAsync);

        Assert.Equal("""{"order":{"id":"o-1"}}""", read);
        Assert.Equal("true", repeat.Headers["Idempotency-Replayed"]);
        Assert.Equal(422, (await SendAsync(ByBody, """{"order":{"id":"o-1"},"amount":2}""")).StatusCode);
    }

    [Fact]
    public async Task A_key_in_the_usual_header_must_be_that_of_the_body()
    {
        var both = await SendAsync(ByBody, """{"order":{"id":"o-1"}}""", key: "o-1");
        var differ = await SendAsync(ByBody, """{"order":{"id":"o-2"}}""", key: "k-1");

        Assert.Equal((201, 400), (both.StatusCode, differ.StatusCode));
        Assert.Equal(1, _runs);
    }

    [Theory]
    [InlineData("""{"order":{}}""", 400, "idempotency-key-missing")]
    [InlineData("""{"order":{"id":""}}""", 400, "idempotency-key-invalid")]
    [InlineData("""{"order":{"id":"two words"}}""", 400, "idempotency-key-invalid")]
    [InlineData("no JSON", 400, "request-body-invalid")]
    [InlineData("""{"order":{"id":"\ud800"}}""", 400, "request-body-invalid")]
    public async Task A_body_without_a_usable_key_is_refused_where_one_is_required(string body, int status, string type)
    {
        var answer = await SendAsync(ByBody with { RequireKey = true }, body);

        Assert.Equal(status, answer.StatusCode);
        Assert.EndsWith(type, JsonDocument.Parse(answer.Body).RootElement.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("application/problem+json", answer.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_before_it_is_searched()
    {
        Assert.Equal(413, (await SendAsync(ByBody, $$$"""{"order":{"id":"{{{new string('x', 2000)}}}"}}""")).StatusCode);
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task A_method_that_is_idempotent_by_the_standard_just_runs()
    {
        await SendAsync(ByBody, "", method: "GET");
        await SendAsync(ByBody, "", method: "GET");

        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task A_result_of_mvc_is_stored_like_any_other()
    {
        Task<object?> Run(HttpRequest _) => Task.FromResult<object?>(new ContentResult { StatusCode = 202, Content = $"run {++_runs}", ContentType = "text/plain" });

        await SendAsync(ByHeader, "{}", key: "k-1", run: Run);
        var repeat = await SendAsync(ByHeader, "{}", key: "k-1", run: Run);

        Assert.Equal((202, "run 1"), (repeat.StatusCode, repeat.Body));
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task What_a_function_writes_into_the_response_itself_is_stored_too()
    {
        async Task<object?> RunAsync(HttpRequest request)
        {
            request.HttpContext.Response.StatusCode = 202;
            await request.HttpContext.Response.WriteAsync($"run {++_runs}");
            return null;
        }

        await SendAsync(ByHeader, "{}", key: "k-1", run: RunAsync);
        var repeat = await SendAsync(ByHeader, "{}", key: "k-1", run: RunAsync);

        Assert.Equal((202, "run 1"), (repeat.StatusCode, repeat.Body));
    }

    [Fact]
    public async Task A_result_that_could_not_be_stored_whole_fails_and_is_not_stored()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => SendAsync(ByHeader, "{}", key: "k-1", run: _ => Task.FromResult<object?>("text")));

        Assert.Equal(201, (await SendAsync(ByHeader, "{}", key: "k-1")).StatusCode);
    }

    [Fact]
    public async Task Functions_share_an_operation_by_its_name()
    {
        await SendAsync(ByHeader with { Operation = "order" }, "{}", key: "k-1");
        var repeat = await SendAsync(ByHeader with { Operation = "order", Name = "CreateOrderV2" }, "{}", key: "k-1");

        Assert.Equal("true", repeat.Headers["Idempotency-Replayed"]);
    }

    [Fact]
    public async Task A_probe_of_the_attribute_is_asked_after_an_execution_without_an_answer()
    {
        var function = ByHeader with { CrashPolicy = CrashPolicy.Probe, ProbeType = typeof(GatewayProbe) };
        await Assert.ThrowsAsync<IOException>(() => SendAsync(function, "{}", key: "k-1", run: _ => throw new IOException("The connection is gone.")));

        var retry = await SendAsync(function, "{}", key: "k-1");

        Assert.Equal((201, "found by the gateway", 0), (retry.StatusCode, retry.Body, _runs));
        Assert.Equal("true", retry.Headers["Idempotency-Replayed"]);
    }

    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    public async Task A_function_that_may_not_run_again_does_not(CrashPolicy policy)
    {
        var function = ByHeader with { CrashPolicy = policy };
        await Assert.ThrowsAsync<IOException>(() => SendAsync(function, "{}", key: "k-1", run: _ => throw new IOException("The connection is gone.")));

        var retry = await SendAsync(function, "{}", key: "k-1");

        Assert.Equal((409, 0), (retry.StatusCode, _runs));
        Assert.Contains("idempotency-outcome-unknown", retry.Body, StringComparison.Ordinal);
    }

    public void Dispose() => _services.Dispose();

    private async Task<(int StatusCode, IHeaderDictionary Headers, string Body)> SendAsync(
        FunctionSettings function, string body, string? key = null, (string Name, string Value)? header = null, string method = "POST", Func<HttpRequest, Task<object?>>? run = null)
    {
        using var scope = _services.CreateScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        var written = new MemoryStream();
        context.Response.Body = written;
        var bytes = Encoding.UTF8.GetBytes(body);
        context.Request.Method = method;
        context.Request.Path = "/api/orders";
        context.Request.ContentType = "application/json";
        context.Request.ContentLength = bytes.Length;
        context.Request.Body = new ForwardStream(bytes);
        if (key is not null)
        {
            context.Request.Headers["Idempotency-Key"] = key;
        }

        if (header is var (name, value))
        {
            context.Request.Headers[name] = value;
        }

        var answer = await _execution.ExecuteAsync(
            context.Request,
            function,
            _ => run is not null ? run(context.Request) : Task.FromResult<object?>(Results.Text($$"""{"run":{{++_runs}}}""", "application/json", statusCode: 201)),
            CancellationToken.None);
        await answer.ExecuteAsync(context);
        return (context.Response.StatusCode, context.Response.Headers, Encoding.UTF8.GetString(written.ToArray()));
    }

    private sealed record Gateway(string Name);

    private sealed class GatewayProbe(Gateway gateway) : IOperationProbe
    {
        public Task<Found> ProbeAsync(OperationContext context, CancellationToken cancellationToken) =>
            Task.FromResult<Found>(new Found.Happened(HandlerOutcome.Completed(new OperationResult(201, [], Encoding.UTF8.GetBytes($"found by {gateway.Name}")))));
    }
}
