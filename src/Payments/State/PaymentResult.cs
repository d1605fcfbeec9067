using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace Payments.State;

/// <summary>What came of making or moving a payment.</summary>
/// <param name="Answer">The answer to a caller over HTTP.</param>
internal abstract record PaymentResult(OperationResult Answer)
{
    /// <summary>What a stored answer says.</summary>
    public static PaymentResult Of(OperationResult stored) => stored.StatusCode is 200 or 201 or 202
        ? new Made(stored.ReadJson(PaymentsJsonContext.Default.Payment)!, stored)
        : new Refused(stored.ReadJson(PaymentsJsonContext.Default.Problem)?.Detail ?? $"The payment was answered with {stored.StatusCode}.", stored);

    /// <summary>Commits the answer with its rows and messages.</summary>
    public HandlerOutcome<PaymentResult> Commit(IReadOnlyList<RowWrite>? rows = null, IReadOnlyList<OutboxMessage>? messages = null) =>
        new HandlerOutcome<PaymentResult>.Completed(this, Answer) { Rows = rows ?? [], Messages = messages ?? [] };

    /// <summary>The payment is made, or moved.</summary>
    public sealed record Made(Payment Payment, OperationResult Answer) : PaymentResult(Answer);

    /// <summary>It is decided that this will not be done.</summary>
    public sealed record Refused(string Reason, OperationResult Answer) : PaymentResult(Answer);

    /// <summary>The gateway can't take the request as it is: nothing was charged.</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors, OperationResult Answer) : PaymentResult(Answer);

    /// <summary>The gateway gave no clear answer; it may have done it.</summary>
    public sealed record Unclear(string Reason, OperationResult Answer) : PaymentResult(Answer);
}
