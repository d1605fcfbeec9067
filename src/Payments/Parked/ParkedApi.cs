using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Payments.Api;
using Payments.Orders;
using Payments.Partitions;
using Payments.Problems;
using Payments.Undecided;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Sagas;

namespace Payments.Parked;

/// <summary>The routes of parked work: orders that can go neither on nor back, and payments of which nobody knows whether they are charged.</summary>
public sealed class ParkedApi
{
    private readonly ApiRequests _requests;
    private readonly ParkedOrders _orders;
    private readonly ParkedPayments _payments;
    private readonly UndecidedPaymentDecisions _decisions;
    private readonly PaymentProblems _problems;
    private readonly ApiAnswers _answers;

    internal ParkedApi(
        IdempotentHttp http, IOptions<HttpIdempotencyOptions> options, ParkedOrders orders, ParkedPayments payments, UndecidedPaymentDecisions decisions, PaymentProblems problems)
    {
        _orders = orders;
        _payments = payments;
        _decisions = decisions;
        _problems = problems;
        _answers = new ApiAnswers(problems, options.Value);
        _requests = new ApiRequests(http, _answers);
    }

    /// <summary><c>GET /api/parked</c>: the work that waits for a person.</summary>
    public Task<IResult> ListAsync(HttpRequest request, CancellationToken cancellationToken) => _requests.FindAsync(
        request,
        async merchant => OperationResult.Json(
            200,
            [.. await _orders.ListAsync(merchant, cancellationToken), .. await _payments.ListAsync(merchant, cancellationToken)],
            OrdersJsonContext.Default.IReadOnlyListParkedView),
        cancellationToken);

    /// <summary>
    /// <c>POST /api/parked/{id}/resolve</c> <c>{decision, note}</c>. The id names one parking of an order or a payment, and the first decision about it stands: sent again it is
    /// answered the same, and another one is told so. So it needs no key.
    /// </summary>
    public Task<IResult> ResolveAsync(HttpRequest request, string id, CancellationToken cancellationToken) => _requests.ReadJsonAsync(
        request,
        requireKey: false,
        ready => PaymentId.TryParse(id, out var payment) ? ResolvePaymentAsync(ready, payment, cancellationToken) : ResolveOrderAsync(ready, id, cancellationToken),
        cancellationToken);

    private async Task<IResult> ResolveOrderAsync(HttpReading.Ready ready, string id, CancellationToken cancellationToken)
    {
        var (resolve, errors) = ResolveReader.Read(ready.Body, DecisionWords.Parse, "retry, succeeded or failed");
        if (resolve is not var (decision, note))
        {
            return Invalid(errors);
        }

        return await _answers.ReadAsync(async () =>
            ParkedId.TryParse(id, out var parked)
                ? await _orders.ResolveAsync(MerchantId.Of(ready.Principal), parked, decision, note, ready.Principal, cancellationToken) switch
                {
                    ResolveOutcome.Resolved resolved => OperationResult.Json(200, ResolutionView.Of(parked, resolved.Resolution), OrdersJsonContext.Default.ResolutionView),
                    ResolveOutcome.DecidedOtherwise otherwise => DecidedOtherwise(otherwise.Existing.By, DecisionWords.Of(otherwise.Existing.Decision), otherwise.Existing.Note),
                    _ => NotFound(),
                }
                : NotFound());
    }

    private async Task<IResult> ResolvePaymentAsync(HttpReading.Ready ready, PaymentId id, CancellationToken cancellationToken)
    {
        var (resolve, errors) = ResolveReader.Read(ready.Body, PaymentDecisionWords.Parse, $"{PaymentDecisionWords.Captured} or {PaymentDecisionWords.NotCharged}");
        if (resolve is not var (decision, note))
        {
            return Invalid(errors);
        }

        return await _answers.ReadAsync(async () =>
            await _decisions.DecideAsync(MerchantId.Of(ready.Principal), id, decision, note, ready.Principal, cancellationToken) switch
            {
                PaymentDecisionOutcome.Decided decided => OperationResult.Json(200, ResolutionView.Of(id, decided.Resolution), OrdersJsonContext.Default.ResolutionView),
                PaymentDecisionOutcome.DecidedOtherwise otherwise => DecidedOtherwise(otherwise.Existing.By, PaymentDecisionWords.Of(otherwise.Existing.Decision), otherwise.Existing.Note),
                PaymentDecisionOutcome.Answered answered => _problems.Of(
                    409, OrderProblemTypes.DecidedOtherwise, "It was decided otherwise.", $"The payment gateway has an answer, and so has the payment's caller: {answered.Answer} Your decision is not kept."),
                PaymentDecisionOutcome.Refused refused => _problems.Of(409, PaymentProblemTypes.State, "The payment's state does not allow this.", $"{refused.Reason} Nothing was changed."),
                PaymentDecisionOutcome.Unavailable => _problems.Of(
                    503,
                    PaymentProblemTypes.GatewayUnavailable,
                    "The payment gateway gave no clear answer.",
                    "Nothing is decided yet: decide again, the same way.",
                    headers: KeyValuePair.Create("Retry-After", "1")),
                _ => NotFound(),
            });
    }

    private OperationHttpResult Invalid(IReadOnlyDictionary<string, string[]> errors) => new(_problems.Of(
        400, OrderProblemTypes.Invalid, "The decision is not valid.", "Nothing was done. Correct what errors names and send it again.", errors: errors));

    private OperationResult DecidedOtherwise(string by, string decision, string note) => _problems.Of(
        409, OrderProblemTypes.DecidedOtherwise, "It was decided otherwise.", $"{by} decided '{decision}' before: {note} Nothing was changed.");

    private OperationResult NotFound() => _problems.Of(404, OrderProblemTypes.NotFound, "There is no such parked work.", "No work of yours is or was parked under this id.");
}
