using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Payments.Api;
using Payments.Json;
using Payments.Numbers;
using Payments.Orders;
using Payments.Partitions;
using Payments.Problems;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Records;

namespace Payments.Stock;

/// <summary>The routes of stock.</summary>
public sealed class StockApi
{
    private const long MaxQuantity = 1_000_000_000_000;

    private readonly ApiRequests _requests;
    private readonly StockRoom _stock;
    private readonly PaymentProblems _problems;
    private readonly ApiAnswers _answers;

    internal StockApi(IdempotentHttp http, IOptions<HttpIdempotencyOptions> options, StockRoom stock, PaymentProblems problems)
    {
        _stock = stock;
        _problems = problems;
        _answers = new ApiAnswers(problems, options.Value);
        _requests = new ApiRequests(http, _answers);
    }

    /// <summary>
    /// <c>PUT /api/stock/{sku}</c> <c>{quantity}</c>: sets how many units there are, those that orders hold included. It is idempotent by itself, so it takes no key.
    /// </summary>
    public Task<IResult> SetAsync(HttpRequest request, string sku, CancellationToken cancellationToken) => _requests.ReadJsonAsync(
        request,
        requireKey: false,
        async ready =>
        {
            if (QuantityOf(ready.Body) is not { } quantity || !Sku.TryParse(sku, out var name))
            {
                return new OperationHttpResult(_problems.Of(
                    400,
                    OrderProblemTypes.Invalid,
                    "The stock is not valid.",
                    $"Nothing was done. A sku has 1 to 64 letters, digits, dots, hyphens and underscores, and the body is {{\"quantity\": n}} with n from 0 to {MaxQuantity}."));
            }

            return await _answers.ReadAsync(async () => await _stock.SetAsync(MerchantId.Of(ready.Principal), name, quantity, cancellationToken) switch
            {
                SetStockOutcome.Set set => OperationResult.Json(200, set.Level, OrdersJsonContext.Default.StockLevel),
                SetStockOutcome.BelowReserved below => _problems.Of(
                    409, OrderProblemTypes.BelowReserved, "Orders hold more than that.", $"Orders hold {below.Reserved} units of {name}; the quantity counts them in. Nothing was changed."),
                _ => _problems.Of(503, OrderProblemTypes.Contended, "Many orders come in at this moment.", "Nothing was changed. Try again.", headers: KeyValuePair.Create("Retry-After", "1")),
            });
        },
        cancellationToken);

    /// <summary><c>GET /api/stock/{sku}</c>: what can be ordered, and what orders hold.</summary>
    public Task<IResult> GetAsync(HttpRequest request, string sku, CancellationToken cancellationToken) => _requests.FindAsync(
        request,
        async merchant => Sku.TryParse(sku, out var name) && await _stock.FindAsync(merchant, name, cancellationToken) is { } level
            ? OperationResult.Json(200, level, OrdersJsonContext.Default.StockLevel)
            : _problems.Of(404, OrderProblemTypes.NotFound, "There is no such stock.", "No stock of yours has this sku."),
        cancellationToken);

    /// <exception cref="JsonException">The text is not JSON, has a member twice, or has a name that is no text.</exception>
    private static long? QuantityOf(ReadOnlyMemory<byte> body)
    {
        using var document = StrictJson.Parse(body);
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.EnumerateObject().Count() == 1
            && document.RootElement.TryGetProperty("quantity", out var value)
            && WholeNumber.Of(value) is >= 0 and <= MaxQuantity and var quantity
                ? quantity
                : null;
    }
}
