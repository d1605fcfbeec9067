using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Payments.Api;
using Payments.Partitions;
using Payments.Problems;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Records;

namespace Payments.Orders;

/// <summary>The routes of orders.</summary>
public sealed class OrdersApi
{
    private readonly IdempotentHttp _http;
    private readonly HttpIdempotencyOptions _options;
    private readonly PlaceOrderOperation _placing;
    private readonly PlaceOrderHandler _place;
    private readonly OrderReader _orders;
    private readonly PaymentProblems _problems;
    private readonly ApiAnswers _answers;

    internal OrdersApi(IdempotentHttp http, IOptions<HttpIdempotencyOptions> options, PlaceOrderOperation placing, PlaceOrderHandler place, OrderReader orders, PaymentProblems problems)
    {
        _http = http;
        _options = options.Value;
        _placing = placing;
        _place = place;
        _orders = orders;
        _problems = problems;
        _answers = new ApiAnswers(problems, _options);
    }

    /// <summary><c>POST /api/orders</c>: places an order, once for each user and order reference, whatever the <c>Idempotency-Key</c>.</summary>
    public async Task<IResult> PlaceAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_http.CheckKey(request, requireKey: true) is { } refusal)
        {
            return refusal;
        }

        if (!JsonBody.IsJson(request))
        {
            return _answers.UnsupportedMediaType();
        }

        if (await JsonBody.ReadAsync(request, _options.MaxBodyBytes, cancellationToken) is not { } body)
        {
            return _answers.BodyTooLarge();
        }

        PlaceOrderCommand? command;
        try
        {
            (command, var errors) = PlaceOrderReader.Read(body);
            if (command is null)
            {
                return new OperationHttpResult(_problems.Of(
                    400, OrderProblemTypes.Invalid, "The order is not valid.", "Nothing was done. Mend what errors names and send it again.", errors: errors));
            }
        }
        catch (JsonException exception)
        {
            return _answers.BodyInvalid(exception.Message);
        }

        var principal = _options.Principal(request.HttpContext);
        var operation = new HttpOperation
        {
            Scope = PlaceOrderOperation.ScopeOf(principal, command),
            Fingerprint = _ => command.ToFingerprint(),
            Placement = _ => _placing.PlacementOf(principal, command),
            SendsMessages = true,
            RequireKey = true,
        };
        var id = _placing.IdOf(principal, command);
        return await _http.ExecuteAsync(request, operation, (context, handlerToken) => _place.ExecuteAsync(principal, id, command, context, handlerToken), cancellationToken);
    }

    /// <summary><c>GET /api/orders/{id}</c>: the order with its steps, their attempts and its outcome in plain words.</summary>
    public Task<IResult> GetAsync(HttpRequest request, string id, CancellationToken cancellationToken) => _answers.ReadAsync(async () =>
    {
        ArgumentNullException.ThrowIfNull(request);
        return OrderId.TryParse(id, out var order) && await _orders.FindAsync(MerchantId.Of(_options.Principal(request.HttpContext)), order, cancellationToken) is { } view
            ? OperationResult.Json(200, view, OrdersJsonContext.Default.OrderView)
            : _problems.Of(404, OrderProblemTypes.NotFound, "There is no such order.", "No order of yours has this id.");
    });
}
