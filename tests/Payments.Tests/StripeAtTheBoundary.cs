using System.Net;
using System.Text;
using System.Web;

namespace Payments.Tests;

/// <summary>
/// Stripe's documented rules of payment intents, where the network begins: an idempotency key repeats its first answer, an intent is confirmed and cancelled only in
/// the states that allow it. See https://docs.stripe.com/api/payment_intents and https://docs.stripe.com/api/idempotent_requests.
/// </summary>
internal sealed class StripeAtTheBoundary : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly List<Intent> _intents = [];
    private readonly Dictionary<string, (string Form, HttpStatusCode Status, string Body)> _answers = [];

    /// <summary>Called with every request before Stripe has it.</summary>
    public Func<string, Task>? OnTheWay { get; set; }

    /// <summary>Called with every request once Stripe has answered it.</summary>
    public Func<string, Task>? OnTheWayBack { get; set; }

    /// <summary>How often the card is declined before it is good.</summary>
    public int Declines { get; set; }

    public IReadOnlyList<string> Statuses => [.. _intents.Select(intent => intent.Status)];

    /// <summary>Stripe keeps keys for a day at least and then forgets them.</summary>
    public void ForgetKeys() => _answers.Clear();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var form = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var line = $"{request.Method} {request.RequestUri!.AbsolutePath["/v1/".Length..]}";
        await (OnTheWay?.Invoke(line) ?? Task.CompletedTask);
        HttpStatusCode status;
        string body;
        lock (_lock)
        {
            (status, body) = Answer(line, form, request.RequestUri.Query, request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null);
        }

        await (OnTheWayBack?.Invoke(line) ?? Task.CompletedTask);
        return new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
    }

    private (HttpStatusCode Status, string Body) Answer(string line, string form, string query, string? key)
    {
        if (key is not null && _answers.TryGetValue(key, out var first))
        {
            return first.Form == form ? (first.Status, first.Body) : Error("idempotency_error", null);
        }

        var answer = Answer(line.Split('/'), form, query);
        if (key is not null)
        {
            _answers[key] = (form, answer.Status, answer.Body);
        }

        return answer;
    }

    private (HttpStatusCode Status, string Body) Answer(string[] path, string form, string query)
    {
        var intent = path.Length > 1 ? _intents.Find(intent => intent.Id == path[1]) : null;
        switch (path)
        {
            case ["POST payment_intents"]:
                var fields = HttpUtility.ParseQueryString(form);
                _intents.Add(new Intent($"pi_{_intents.Count + 1}", fields["metadata[stable_key]"]!, fields["metadata[account_id]"]!, long.Parse(fields["amount"]!, null), fields["capture_method"]!));
                return Ok(_intents[^1].ToJson());
            case ["POST payment_intents", _, "confirm"] when intent!.Status is "requires_confirmation" or "requires_payment_method":
                if (Declines-- > 0)
                {
                    intent.Status = "requires_payment_method";
                    intent.IsDeclined = true;
                    return Error("card_error", "card_declined", HttpStatusCode.PaymentRequired);
                }

                intent.Status = intent.CaptureMethod == "manual" ? "requires_capture" : "succeeded";
                return Ok(intent.ToJson());
            case ["POST payment_intents", _, "cancel"] when intent!.Status is "requires_confirmation" or "requires_payment_method" or "requires_capture":
                intent.Status = "canceled";
                return Ok(intent.ToJson());
            case ["POST payment_intents", _, _]:
                return Error("invalid_request_error", "payment_intent_unexpected_state");
            case ["GET payment_intents", "search"]:
                var found = _intents.Where(intent => HttpUtility.UrlDecode(query).Contains($"'{intent.Key}'", StringComparison.Ordinal)).Select(intent => intent.ToJson());
                return Ok($$"""{"object":"search_result","data":[{{string.Join(',', found)}}]}""");
            case ["GET payment_intents", _]:
                return Ok(intent!.ToJson());
            default:
                throw new NotSupportedException(string.Join('/', path));
        }
    }

    private static (HttpStatusCode Status, string Body) Ok(string body) => (HttpStatusCode.OK, body);

    private static (HttpStatusCode Status, string Body) Error(string type, string? code, HttpStatusCode status = HttpStatusCode.BadRequest) =>
        (status, $$"""{"error":{"type":"{{type}}","code":"{{code}}","message":"Refused."} }""");

    private sealed class Intent(string id, string key, string account, long amount, string captureMethod)
    {
        public string Id => id;

        public string Key => key;

        public string CaptureMethod => captureMethod;

        public string Status { get; set; } = "requires_confirmation";

        public bool IsDeclined { get; set; }

        public string ToJson()
        {
            var error = IsDeclined ? """{"type":"card_error","code":"card_declined","message":"Refused."}""" : "null";
            return $$"""{"id":"{{id}}","object":"payment_intent","status":"{{Status}}","amount":{{amount}},"currency":"eur","created":1700000000,"last_payment_error":{{error}},"metadata":{"stable_key":"{{key}}","account_id":"{{account}}"} }""";
        }
    }
}
