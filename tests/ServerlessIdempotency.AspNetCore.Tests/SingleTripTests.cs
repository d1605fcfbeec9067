using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.AspNetCore.Tests;

/// <summary>An endpoint whose only effects are rows.</summary>
public sealed class SingleTripTests
{
    private static readonly PartitionAddress Things = new("Things", "all");

    private static readonly HttpOperation Operation = new() { Name = "thing.create", RequireKey = true, Placement = _ => RecordPlacement.InPartition(Things) };

    [Fact]
    public async Task A_new_operation_is_one_call_of_the_store_and_a_repeat_replays()
    {
        await using var web = await StartAsync();
        using var first = await web.PostAsync();
        Assert.Equal(1, web.Store.Calls);
        using var repeat = await web.PostAsync();
        using var retry = await web.PostAsync(headers: (IdempotencyHeaders.Attempt, "2"));
        using var other = await web.PostAsync(body: """{"amount":2}""");

        Assert.Equal(201, (int)first.StatusCode);
        Assert.Equal("""{"amount":1}""", await first.Content.ReadAsStringAsync());
        Assert.Equal("Wed, 25 Nov 2026 12:00:00 GMT", first.Header(IdempotencyHeaders.Expires));
        foreach (var replay in new[] { repeat, retry })
        {
            Assert.True(replay.IsReplay());
            Assert.Equal("""{"amount":1}""", await replay.Content.ReadAsStringAsync());
        }

        await other.AssertProblemAsync(422, "idempotency-key-reused");
        Assert.Equal(1, await CountThingsAsync(web));
    }

    [Fact]
    public async Task Two_at_once_have_one_result()
    {
        var both = new TaskCompletionSource();
        await using var web = await StartAsync(web => web.CountRun() == 2 ? Release() : both.Task);
        var answers = await Task.WhenAll(web.PostAsync(), web.PostAsync());

        Assert.Equal(2, web.Runs);
        Assert.Single(answers, answer => answer.IsReplay());
        Assert.All(answers, answer => Assert.Equal(201, (int)answer.StatusCode));
        Assert.Equal(1, await CountThingsAsync(web));
        Array.ForEach(answers, answer => answer.Dispose());

        Task Release()
        {
            both.SetResult();
            return both.Task;
        }
    }

    [Fact]
    public async Task A_request_without_its_key_is_refused()
    {
        await using var web = await StartAsync();
        using var answer = await web.PostAsync(key: null);
        await answer.AssertProblemAsync(400, "idempotency-key-missing");
        Assert.Equal(0, web.Store.Calls);
    }

    private static Task<WebFixture> StartAsync(Func<WebFixture, Task>? during = null) =>
        WebFixture.StartAsync(web => web.App.MapPost("/things/{id}", (HttpRequest request, IdempotentHttp http, CancellationToken cancellationToken) =>
            http.ExecuteSingleTripAsync(
                request,
                Operation,
                async (context, token) =>
                {
                    using var reader = new StreamReader(request.Body, leaveOpen: true);
                    var body = await reader.ReadToEndAsync(token);
                    await (during?.Invoke(web) ?? Task.CompletedTask);
                    return HandlerOutcome.Completed(
                        new OperationResult(201, [], System.Text.Encoding.UTF8.GetBytes(body)),
                        rows: [RowWrite.Insert($"thing|{context.OperationHash}", new Dictionary<string, object> { ["Body"] = body })]);
                },
                cancellationToken)));

    private static async Task<int> CountThingsAsync(WebFixture web)
    {
        var count = 0;
        await foreach (var row in web.Store.QueryAsync(new RowQuery(Things, "thing|"), CancellationToken.None))
        {
            count += row.Address.RowKey.Length > 0 ? 1 : 0;
        }

        return count;
    }
}
