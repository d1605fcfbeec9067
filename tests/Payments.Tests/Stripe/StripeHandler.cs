using System.Net;
using System.Text;

namespace Payments.Tests.Stripe;

/// <summary>Stands where the network begins: records what was sent to Stripe and answers from a list.</summary>
internal sealed class StripeHandler(params (HttpStatusCode Status, string Body)[] answers) : HttpMessageHandler
{
    private int _next;

    public List<(string Line, string? IdempotencyKey, string Form)> Sent { get; } = [];

    /// <summary>Thrown instead of the first answer.</summary>
    public Exception? Failure { get; init; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Sent.Add((
            $"{request.Method} {request.RequestUri!.PathAndQuery}",
            request.Headers.TryGetValues("Idempotency-Key", out var keys) ? string.Join(',', keys) : null,
            request.Content is null ? "" : Uri.UnescapeDataString(await request.Content.ReadAsStringAsync(cancellationToken))));
        if (Failure is not null)
        {
            throw Failure;
        }

        var (status, body) = answers[_next++];
        return new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
    }
}
