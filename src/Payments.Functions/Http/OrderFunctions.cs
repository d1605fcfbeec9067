using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Payments.Api;
using Payments.Orders;
using Payments.Stock;

namespace Payments.Functions.Http;

/// <summary>The routes of orders and stock.</summary>
public sealed class OrderFunctions(OrdersApi orders, StockApi stock)
{
    [Function(nameof(PlaceOrder))]
    public Task<IResult> PlaceOrder([HttpTrigger(AuthorizationLevel.Function, "post", Route = PaymentsRoutes.PlaceOrder)] HttpRequest request, CancellationToken cancellationToken) =>
        orders.PlaceAsync(request, cancellationToken);

    [Function(nameof(GetOrder))]
    public Task<IResult> GetOrder([HttpTrigger(AuthorizationLevel.Function, "get", Route = PaymentsRoutes.GetOrder)] HttpRequest request, CancellationToken cancellationToken) =>
        orders.GetAsync(request, request.RouteValue("id"), cancellationToken);

    [Function(nameof(SetStock))]
    public Task<IResult> SetStock([HttpTrigger(AuthorizationLevel.Function, "put", Route = PaymentsRoutes.SetStock)] HttpRequest request, CancellationToken cancellationToken) =>
        stock.SetAsync(request, request.RouteValue("id"), cancellationToken);

    [Function(nameof(GetStock))]
    public Task<IResult> GetStock([HttpTrigger(AuthorizationLevel.Function, "get", Route = PaymentsRoutes.GetStock)] HttpRequest request, CancellationToken cancellationToken) =>
        stock.GetAsync(request, request.RouteValue("id"), cancellationToken);
}
