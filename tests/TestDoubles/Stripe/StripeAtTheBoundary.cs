using System.Net;
using System.Text;
using System.Web;

namespace TestDoubles.Stripe;

/// <summary>An account at Stripe, where the network begins: it answers by Stripe's documented rules of idempotency keys, payment intents and refunds.</summary>
public sealed class StripeAtTheBoundary(TimeProvider timeProvider) : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly StripeKeys _keys = new(timeProvider);
    private readonly StripeAccount _account = new(timeProvider);
    private readonly List<(string Line, StripeFailure Failure)> _failures = [];
    private readonly List<string> _lines = [];

    /// <summary>Called with every request before Stripe has it.</summary>
    public Func<string, Task>? OnTheWay { get; set; }

    /// <summary>Called with every request that Stripe has begun, before its effect.</summary>
    public Func<string, Task>? AtWork { get; set; }

    /// <summary>Called with every request once Stripe has answered it.</summary>
    public Func<string, Task>? OnTheWayBack { get; set; }

    /// <summary>How often the card is declined before it is good.</summary>
    public int Declines
    {
        set => _account.Declines = value;
    }

    /// <summary>How a refund stands when it is made. Default <c>succeeded</c>.</summary>
    public string RefundsBegin
    {
        set => _account.RefundsBegin = value;
    }

    /// <summary>What can be refunded.</summary>
    public long Balance
    {
        set => _account.Balance = value;
    }

    /// <summary>The payment intents' statuses, the oldest first.</summary>
    public IReadOnlyList<string> Statuses => [.. _account.Intents.Select(intent => intent.Status)];

    /// <summary>The refunds' statuses, the oldest first.</summary>
    public IReadOnlyList<string> Refunds => [.. _account.Refunds.Select(refund => refund.Status)];

    /// <summary>All that was asked, the first first.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>Fails at the next request of that kind.</summary>
    public void FailAt(string line, StripeFailure failure) => _failures.Add((line, failure));

    /// <summary>Ends the newest refund, as the bank does later.</summary>
    public void EndRefund(string status) => _account.Refunds[^1].Status = status;

    /// <summary>Captures a part of the newest intent, as somebody does by hand.</summary>
    public void CaptureByHand(long amount) => _account.Intents[^1].Capture(amount);

    /// <summary>Gives a part of the newest intent back, as somebody does by hand.</summary>
    public void RefundByHand(long amount, string status) => _account.Refund(_account.Intents[^1], amount, status);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var form = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var line = $"{request.Method} {request.RequestUri!.AbsolutePath["/v1/".Length..]}";
        await (OnTheWay?.Invoke(line) ?? Task.CompletedTask);
        var key = request.Method == HttpMethod.Post && request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null;
        var answer = await AnswerAsync(line, form, request.RequestUri.Query, key);
        await (OnTheWayBack?.Invoke(line) ?? Task.CompletedTask);

        var response = new HttpResponseMessage(answer.Status) { Content = new StringContent(answer.Body, Encoding.UTF8, "application/json") };
        if (answer.IsRepeat)
        {
            response.Headers.Add("Idempotent-Replayed", "true");
        }

        return response;
    }

    private async Task<StripeAnswer> AnswerAsync(string line, string form, string query, string? key)
    {
        lock (_lock)
        {
            _lines.Add(line);
            if (key is not null && _keys.Begin(key, $"{line} {form}") is { } early)
            {
                return early;
            }
        }

        await (AtWork?.Invoke(line) ?? Task.CompletedTask);
        lock (_lock)
        {
            var answer = Answer(line, form, query);
            if (key is not null)
            {
                _keys.End(key, answer);
            }

            return answer;
        }
    }

    private StripeAnswer Answer(string line, string form, string query)
    {
        var failing = _failures.FindIndex(failure => failure.Line == line);
        StripeFailure? failure = failing < 0 ? null : _failures[failing].Failure;
        if (failing >= 0)
        {
            _failures.RemoveAt(failing);
        }

        var error = StripeAnswer.Error("api_error", code: null, HttpStatusCode.InternalServerError);
        switch (failure)
        {
            case StripeFailure.BeforeItsEffect:
                return error;
            case StripeFailure.BeforeItBegan:
                return error with { IsStored = false };
            case StripeFailure.RateLimit:
                return StripeAnswer.Error("invalid_request_error", "rate_limit", HttpStatusCode.TooManyRequests) with { IsStored = false };
            default:
                var answer = _account.Answer(line.Split('/'), HttpUtility.ParseQueryString(form), HttpUtility.ParseQueryString(query));
                return failure is StripeFailure.AfterItsEffect ? error : answer;
        }
    }
}
