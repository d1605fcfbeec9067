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

    public OperationResult Invalid(IReadOnlyDictionary<string, string[]> errors) => Of(
        400, PaymentProblemTypes.Invalid, "The payment is not valid.", "Nothing was done. Mend what errors names and send it again.", errors: errors);

    public OperationResult Declined(string code, string message) => Of(
        402, PaymentProblemTypes.Declined, "The payment was declined.", message, declineCode: code);

    public OperationResult PaymentNotFound() => Of(
        404, PaymentProblemTypes.NotFound, "There is no such payment.", "No payment of yours has this id.");

    public OperationResult PaymentState(string step, PaymentStatus status) => Of(
        409, PaymentProblemTypes.State, "The payment's state does not allow this.", $"A payment that is {status.ToString().ToLowerInvariant()} can't take a {step}.");

    public OperationResult GatewayRefused(string step, string reason) => Of(
        409, PaymentProblemTypes.State, "The payment's state does not allow this.", $"The gateway refused the {step}: {reason}");

    public OperationResult PaymentCancelled() => Of(
        409, PaymentProblemTypes.Cancelled, "The payment is cancelled.", "The payment was cancelled before it was charged, and will not be.");

    public OperationResult GatewayUnavailable(string message) => Of(
        503,
        PaymentProblemTypes.GatewayUnavailable,
        "The payment gateway gave no clear answer.",
        $"{message} Retry with the same key: whatever happened is found again and not done twice.",
        headers: KeyValuePair.Create("Retry-After", RetryAfterSeconds.ToString(CultureInfo.InvariantCulture)));

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
}
