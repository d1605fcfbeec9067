using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Payments.Api;
using Payments.Orders;
using Payments.Partitions;
using Payments.Problems;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Sagas;

namespace Payments.Parked;

/// <summary>The routes of parked work.</summary>
public sealed class ParkedApi
{
    private readonly ApiRequests _requests;
    private readonly ParkedOrders _parked;
    private readonly PaymentProblems _problems;
    private readonly ApiAnswers _answers;

    internal ParkedApi(IdempotentHttp http, IOptions<HttpIdempotencyOptions> options, ParkedOrders parked, PaymentProblems problems)
    {
        _parked = parked;
        _problems = problems;
        _answers = new ApiAnswers(problems, options.Value);
        _requests = new ApiRequests(http, _answers);
    }

    /// <summary><c>GET /api/parked</c>: the work that waits for a person.</summary>
    public Task<IResult> ListAsync(HttpRequest request, CancellationToken cancellationToken) => _requests.FindAsync(
        request,
        async merchant => OperationResult.Json(200, await _parked.ListAsync(merchant, cancellationToken), OrdersJsonContext.Default.IReadOnlyListParkedView),
        cancellationToken);

    /// <summary>
    /// <c>POST /api/parked/{id}/resolve</c> <c>{decision, note}</c>. The id names one parking, and the first decision about it stands: sent again it is answered the
    /// same, and another one is told so. So it needs no key.
    /// </summary>
    public Task<IResult> ResolveAsync(HttpRequest request, string id, CancellationToken cancellationToken) => _requests.ReadJsonAsync(
        request,
        requireKey: false,
        async ready =>
        {
            var (resolve, errors) = ResolveReader.Read(ready.Body);
            if (resolve is not var (decision, note))
            {
                return new OperationHttpResult(_problems.Of(
                    400, OrderProblemTypes.Invalid, "The decision is not valid.", "Nothing was done. Correct what errors names and send it again.", errors: errors));
            }

            return await _answers.ReadAsync(async () =>
                ParkedId.TryParse(id, out var parked)
                    ? await _parked.ResolveAsync(MerchantId.Of(ready.Principal), parked, decision, note, ready.Principal, cancellationToken) switch
                    {
                        ResolveOutcome.Resolved resolved => OperationResult.Json(200, ResolutionView.Of(parked, resolved.Resolution), OrdersJsonContext.Default.ResolutionView),
                        ResolveOutcome.DecidedOtherwise otherwise => _problems.Of(
                            409,
                            OrderProblemTypes.DecidedOtherwise,
                            "It was decided otherwise.",
                            $"{otherwise.Existing.By} decided '{DecisionWords.Of(otherwise.Existing.Decision)}' before: {otherwise.Existing.Note} Nothing was changed."),
                        _ => NotFound(),
                    }
                    : NotFound());
        },
        cancellationToken);

    private OperationResult NotFound() => _problems.Of(404, OrderProblemTypes.NotFound, "There is no such parked work.", "No work of yours is or was parked under this id.");
}
