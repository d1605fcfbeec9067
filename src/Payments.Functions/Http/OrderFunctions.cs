using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Payments.Api;

namespace Payments.Functions.Http;

/// <summary>The routes of orders and stock.</summary>
public sealed class OrderFunctions(PaymentsApi api)
{
    [Function(nameof(PlaceOrder))]
    public Task<IResult> PlaceOrder([HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/orders")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(PlaceOrder), api, request, cancellationToken);

    [Function(nameof(GetOrder))]
    public Task<IResult> GetOrder([HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/orders/{id}")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(GetOrder), api, request, cancellationToken);

    [Function(nameof(SetStock))]
    public Task<IResult> SetStock([HttpTrigger(AuthorizationLevel.Function, "put", Route = "api/stock/{id}")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(SetStock), api, request, cancellationToken);

    [Function(nameof(GetStock))]
    public Task<IResult> GetStock([HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/stock/{id}")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(GetStock), api, request, cancellationToken);
}
