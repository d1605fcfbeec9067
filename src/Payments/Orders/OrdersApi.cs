using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Payments.Api;
using Payments.Problems;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Records;

namespace Payments.Orders;

/// <summary>The routes of orders.</summary>
public sealed class OrdersApi
{
    private readonly IdempotentHttp _http;
    private readonly ApiRequests _requests;
    private readonly PlaceOrderOperation _placing;
    private readonly PlaceOrderHandler _place;
    private readonly OrderReader _orders;
    private readonly PaymentProblems _problems;

    internal OrdersApi(IdempotentHttp http, IOptions<HttpIdempotencyOptions> options, PlaceOrderOperation placing, PlaceOrderHandler place, OrderReader orders, PaymentProblems problems)
    {
        _http = http;
        _placing = placing;
        _place = place;
        _orders = orders;
        _problems = problems;
        _requests = new ApiRequests(http, new ApiAnswers(problems, options.Value));
    }

    /// <summary><c>POST /api/orders</c>: places an order, once for each user and order reference, whatever the <c>Idempotency-Key</c>.</summary>
    public Task<IResult> PlaceAsync(HttpRequest request, CancellationToken cancellationToken) => _requests.ReadJsonAsync(
        request,
        requireKey: true,
        async ready =>
        {
            var (command, errors) = PlaceOrderReader.Read(ready.Body);
            if (command is null)
            {
                return new OperationHttpResult(_problems.Of(
                    400, OrderProblemTypes.Invalid, "The order is not valid.", "Nothing was done. Correct what errors names and send it again.", errors: errors));
            }

            var operation = new HttpOperation
            {
                Scope = PlaceOrderOperation.ScopeOf(ready.Principal, command),
                Fingerprint = _ => command.ToFingerprint(),
                Placement = _ => _placing.PlacementOf(ready.Principal, command),
                SendsMessages = true,
            };
            var id = _placing.IdOf(ready.Principal, command);
            return await _http.ExecuteAsync(
                ready, operation, (context, handlerToken) => _place.ExecuteAsync(ready.Principal, id, command, context, handlerToken), cancellationToken);
        },
        cancellationToken);

    /// <summary><c>GET /api/orders/{id}</c>: the order with its steps, their attempts and its outcome in plain words.</summary>
    public Task<IResult> GetAsync(HttpRequest request, string id, CancellationToken cancellationToken) => _requests.FindAsync(
        request,
        async merchant => OrderId.TryParse(id, out var order) && await _orders.FindAsync(merchant, order, cancellationToken) is { } view
            ? OperationResult.Json(200, view, OrdersJsonContext.Default.OrderView)
            : _problems.Of(404, OrderProblemTypes.NotFound, "There is no such order.", "No order of yours has this id."),
        cancellationToken);
}
