using System.Globalization;
using System.Text.Json;
using Payments.State;
using ServerlessIdempotency.Records;

namespace Payments.Problems;

/// <summary>The errors of payments as the answers that callers get, the first time and at every replay.</summary>
/// <param name="typeBase">What precedes a problem type's last segment.</param>
internal sealed class PaymentProblems(Uri typeBase)
{
    // A gateway that failed once mostly answers when asked again.
    private const int RetryAfterSeconds = 1;

    public PaymentResult Invalid(IReadOnlyDictionary<string, string[]> errors) => new PaymentResult.Invalid(errors, Of(
        400, PaymentProblemTypes.Invalid, "The payment is not valid.", "Nothing was done. Correct what errors names and send it again.", errors: errors));

    public PaymentResult Declined(string code, string message) => new PaymentResult.Refused(message, Of(
        402, PaymentProblemTypes.Declined, "The payment was declined.", message, declineCode: code));

    public PaymentResult NotFound() => Refuse(
        404, PaymentProblemTypes.NotFound, "There is no such payment.", "No payment of yours has this id.");

    public PaymentResult WrongState(string step, PaymentStatus status) => Refuse(
        409, PaymentProblemTypes.State, "The payment's state does not allow this.", $"A payment that is {status.Word()} can't take a {step}.");

    public PaymentResult GatewayRefused(string step, string reason) => Refuse(
        409, PaymentProblemTypes.State, "The payment's state does not allow this.", $"The gateway refused the {step}: {reason}");

    public PaymentResult Cancelled() => Refuse(
        409, PaymentProblemTypes.Cancelled, "The payment is cancelled.", "The payment was cancelled before it was charged, and will not be.");

    /// <param name="message">What the gateway or its client said: for operators alone, since it may name hosts and accounts.</param>
    public PaymentResult GatewayUnavailable(string message) => new PaymentResult.Unclear(message, Of(
        503,
        PaymentProblemTypes.GatewayUnavailable,
        "The payment gateway gave no clear answer.",
        "Retry with the same key: whatever happened is found again and not done twice.",
        headers: KeyValuePair.Create("Retry-After", RetryAfterSeconds.ToString(CultureInfo.InvariantCulture))));

    public OperationResult Of(
        int status,
        string type,
        string title,
        string detail,
        IReadOnlyDictionary<string, string[]>? errors = null,
        string? declineCode = null,
        params IReadOnlyList<KeyValuePair<string, string>> headers) => new(
            status,
            [KeyValuePair.Create("Content-Type", "application/problem+json"), .. headers],
            JsonSerializer.SerializeToUtf8Bytes(
                new Problem(typeBase + type, title, status, detail) { Errors = errors, DeclineCode = declineCode },
                PaymentsJsonContext.Default.Problem));

    private PaymentResult.Refused Refuse(int status, string type, string title, string detail) => new(detail, Of(status, type, title, detail));
}
