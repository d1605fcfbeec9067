using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.AspNetCore.Tests;

/// <summary>The one-line calls of a function.</summary>
public sealed class IdempotentHttpTests
{
    private static readonly HttpOperation BesideThings = new()
    {
        Name = "thing.create",
        RequireKey = true,
        Placement = key => RecordPlacement.InPartition(PartitionOf(key.Value)),
    };

    [Fact]
    public async Task A_handlers_rows_commit_beside_the_record_and_a_repeat_replays()
    {
        await using var web = await StartAsync(BesideThings, (web, context, body) => Completed(web, context, body));
        using var first = await web.PostAsync("abc", body: """{"amount":5}""");
        using var repeat = await web.PostAsync("abc", body: """{"amount":5}""");

        Assert.Equal(201, (int)first.StatusCode);
        Assert.Equal("""{"amount":5}""", await first.Content.ReadAsStringAsync());
        Assert.Equal("text/x-run", first.Header("Content-Type"));
        Assert.Equal("Wed, 25 Nov 2026 12:00:00 GMT", first.Header(IdempotencyHeaders.Expires));
        Assert.True(repeat.IsReplay());
        Assert.Equal("""{"amount":5}""", await repeat.Content.ReadAsStringAsync());
        Assert.NotNull(first.Header("Set-Cookie"));
        Assert.Null(repeat.Header("Set-Cookie"));

        var rows = await RowsAsync(web, PartitionOf("abc"));
        Assert.Equal(["idem", "thing"], rows.Select(row => row.Address.RowKey.Split('|')[0]));
    }

    [Fact]
    public async Task A_new_operation_costs_two_calls_with_all_of_its_rows()
    {
        await using var web = await StartAsync(BesideThings, (web, context, body) => Completed(web, context, body));
        using var first = await web.PostAsync();
        Assert.Equal(2, web.Store.Calls);
    }

    [Fact]
    public async Task Rows_that_keep_changing_are_a_503_and_the_body_was_whole_on_each_attempt()
    {
        var bodies = new List<string>();
        await using var web = await StartAsync(BesideThings, (web, context, body) =>
        {
            web.CountRun();
            bodies.Add(body);
            return HandlerOutcome.Completed(OperationResult.Empty, rows: [RowWrite.Replace("thing|none", new Dictionary<string, object>(), "stale")]);
        });
        using var answer = await web.PostAsync();
        await answer.AssertProblemAsync(503, "idempotency-contended", "Nothing was stored");
        Assert.Equal("5", answer.Header("Retry-After"));
        Assert.Equal(Enumerable.Repeat("""{"amount":1}""", 5), bodies);
    }

    [Fact]
    public async Task A_failed_attempt_answers_and_is_not_stored()
    {
        await using var web = await StartAsync(BesideThings, (web, context, body) => web.CountRun() == 1
            ? HandlerOutcome.Failed(new OperationResult(502, [], "gateway"u8.ToArray()))
            : HandlerOutcome.Completed(OperationResult.Empty));
        using var first = await web.PostAsync();
        using var retry = await web.PostAsync();
        Assert.Equal(502, (int)first.StatusCode);
        Assert.Equal("gateway", await first.Content.ReadAsStringAsync());
        Assert.Null(first.Header(IdempotencyHeaders.Expires));
        Assert.Equal(200, (int)retry.StatusCode);
    }

    [Fact]
    public async Task Without_a_key_the_handler_commits_each_time_as_an_operation_of_its_own()
    {
        var keys = new List<string>();
        await using var web = await StartAsync(BesideThings with { RequireKey = false, Placement = _ => RecordPlacement.InPartition(PartitionOf("all")) }, (web, context, body) =>
        {
            keys.Add(context.Operation.Key.Value);
            return Completed(web, context, body);
        });
        using var first = await web.PostAsync(key: null);
        using var second = await web.PostAsync(key: null);
        Assert.Equal(2, keys.Distinct().Count());
        Assert.Null(first.Header(IdempotencyHeaders.Expires));
        Assert.Equal(2, (await RowsAsync(web, PartitionOf("all"))).Count(row => row.Address.RowKey.StartsWith("thing|", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_key_that_the_operation_requires_is_asked_for()
    {
        await using var web = await StartAsync(BesideThings, (web, context, body) => Completed(web, context, body));
        using var answer = await web.PostAsync(key: null);
        await answer.AssertProblemAsync(400, "idempotency-key-missing");
        Assert.Equal(0, web.Runs);
    }

    [Fact]
    public async Task A_given_scope_holds_whoever_asks()
    {
        var operation = new HttpOperation { Scope = new("tenant", "thing.create") };
        await using var web = await StartAsync(operation, (web, context, body) => Completed(web, context, body));
        using var first = await web.PostAsync(headers: ("X-User", "alice"));
        using var second = await web.PostAsync(headers: ("X-User", "bob"));
        Assert.True(second.IsReplay());
    }

    [Fact]
    public async Task A_function_that_returns_any_result_is_captured()
    {
        await using var web = await WebFixture.StartAsync(web => web.App.MapPost("/things/{id}", (HttpRequest request, IdempotentHttp http, CancellationToken cancellationToken) =>
            http.ExecuteAsync(
                request,
                HttpOperation.Default,
                async token =>
                {
                    request.HttpContext.Response.Headers["X-Trace"] = "t";
                    Assert.NotNull(request.HttpContext.GetOperation());
                    using var reader = new StreamReader(request.Body, leaveOpen: true);
                    return Results.Text($"run {web.CountRun()} of {await reader.ReadToEndAsync(token)}", "text/plain", statusCode: 202);
                },
                cancellationToken)));
        using var first = await web.PostAsync();
        using var repeat = await web.PostAsync();
        Assert.Equal(202, (int)first.StatusCode);
        Assert.Equal("t", first.Header("X-Trace"));
        Assert.Equal("""run 1 of {"amount":1}""", await repeat.Content.ReadAsStringAsync());
        Assert.True(repeat.IsReplay());
        Assert.Null(repeat.Header("X-Trace"));
    }

    [Fact]
    public async Task A_caller_who_gives_up_ends_its_waiting_but_not_the_running_handler()
    {
        using var giveUp = new CancellationTokenSource();
        var wasCancelled = false;
        await using var web = await WebFixture.StartAsync(web => web.App.MapPost("/things/{id}", (HttpRequest request, IdempotentHttp http) =>
            http.ExecuteAsync(
                request,
                HttpOperation.Default,
                async (_, cancellationToken) =>
                {
                    web.CountRun();
                    await giveUp.CancelAsync();
                    wasCancelled = cancellationToken.IsCancellationRequested;
                    return HandlerOutcome.Completed(OperationResult.Empty);
                },
                giveUp.Token)));
        using var first = await web.PostAsync();
        Assert.Equal(200, (int)first.StatusCode);
        Assert.False(wasCancelled);

        // By now the token is cancelled before the claim.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => web.PostAsync("k2"));
        Assert.Equal(1, web.Runs);
    }

    [Fact]
    public async Task A_caller_who_is_gone_when_the_claim_is_made_starts_nothing_and_leaves_nothing_in_progress()
    {
        using var giveUp = new CancellationTokenSource();
        var token = giveUp.Token;
        await using var web = await WebFixture.StartAsync(web => web.App.MapPost("/things/{id}", (HttpRequest request, IdempotentHttp http) =>
            http.ExecuteAsync(
                request,
                HttpOperation.Default,
                (_, _) =>
                {
                    web.CountRun();
                    return Task.FromResult(HandlerOutcome.Completed(OperationResult.Empty));
                },
                token)));
        web.Store.AfterWrite = giveUp.Cancel;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => web.PostAsync());
        Assert.Equal(0, web.Runs);

        // At once, not when the lease is over.
        token = default;
        using var again = await web.PostAsync();
        Assert.Equal(200, (int)again.StatusCode);
        Assert.Equal(1, web.Runs);
    }

    private static Task<WebFixture> StartAsync(HttpOperation operation, Func<WebFixture, OperationContext, string, HandlerOutcome<OperationResult>> handler) =>
        WebFixture.StartAsync(web => web.App.MapPost("/things/{id}", (HttpRequest request, IdempotentHttp http, CancellationToken cancellationToken) =>
            http.ExecuteAsync(
                request,
                operation,
                async (context, token) =>
                {
                    using var reader = new StreamReader(request.Body, leaveOpen: true);
                    return handler(web, context, await reader.ReadToEndAsync(token));
                },
                cancellationToken)));

    private static HandlerOutcome<OperationResult> Completed(WebFixture web, OperationContext context, string body)
    {
        web.CountRun();
        KeyValuePair<string, string>[] headers = [new("Content-Type", "text/x-run"), new("Set-Cookie", "session=secret")];
        return HandlerOutcome.Completed(
            new OperationResult(201, headers, System.Text.Encoding.UTF8.GetBytes(body)),
            rows: [RowWrite.Insert($"thing|{context.OperationHash}", new Dictionary<string, object> { ["Body"] = body })]);
    }

    private static PartitionAddress PartitionOf(string key) => new("Things", $"shard-{key[0]}");

    private static async Task<List<Row>> RowsAsync(WebFixture web, PartitionAddress partition)
    {
        var rows = new List<Row>();
        await foreach (var row in web.Store.QueryAsync(new RowQuery(partition, ""), CancellationToken.None))
        {
            rows.Add(row);
        }

        return rows;
    }
}
