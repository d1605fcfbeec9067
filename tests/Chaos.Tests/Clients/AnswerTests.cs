using System.Net;
using Chaos.Clients;

namespace Chaos.Tests.Clients;

public sealed class AnswerTests
{
    [Fact]
    public async Task The_headers_that_are_stored_with_an_answer_are_kept_and_no_others()
    {
        var answer = await ReadAsync(("Location", "/api/payments/pay_1"), ("Idempotency-Expires", "Wed, 25 Nov 2026 12:00:00 GMT"));

        Assert.Equal(("text/plain; charset=utf-8", "/api/payments/pay_1", "Wed, 25 Nov 2026 12:00:00 GMT", false), (answer.ContentType, answer.Location, answer.Expires, answer.IsReplay));
    }

    [Fact]
    public async Task A_replay_is_the_same_answer_on_another_day_from_another_server()
    {
        var first = await ReadAsync(("Location", "/api/payments/pay_1"));

        var replay = await ReadAsync(("Location", "/api/payments/pay_1"), ("Idempotency-Replayed", "true"), ("Date", "Wed, 25 Nov 2026 11:00:00 GMT"), ("Server", "other"));

        Assert.True(replay.IsReplay);
        Assert.True(first.IsSameAs(replay));
    }

    private static async Task<Answer> ReadAsync(params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.Created) { Content = new StringContent("made") };
        foreach (var (name, value) in headers)
        {
            response.Headers.Add(name, value);
        }

        return await Answer.ReadAsync(response, default);
    }
}
