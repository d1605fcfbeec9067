using System.Text.Json;

namespace ServerlessIdempotency.AspNetCore.Tests.Hosting;

/// <summary>What the tests read off an answer.</summary>
internal static class Answers
{
    public static string? Header(this HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    public static bool IsReplay(this HttpResponseMessage answer) => answer.Header(IdempotencyHeaders.Replayed) == "true";

    public static async Task AssertProblemAsync(this HttpResponseMessage answer, int status, string type, string? detail = null)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Header("Content-Type"));
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(["type", "title", "status", "detail"], problem.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal("https://serverless-idempotency.dev/problems/" + type, problem.RootElement.GetProperty("type").GetString());
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.RootElement.GetProperty("title").GetString());
        Assert.Contains(detail ?? " ", problem.RootElement.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }
}
