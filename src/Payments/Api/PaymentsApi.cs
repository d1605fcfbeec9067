using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Payments.Capturing;
using Payments.Creating;
using Payments.Gateway.Simulated;
using Payments.Orders;
using Payments.Parked;
using Payments.Partitions;
using Payments.Problems;
using Payments.Refunding;
using Payments.State;
using Payments.Stock;
using Payments.Transitions;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Records;

namespace Payments.Api;

/// <summary>
/// Every route of the app as a plain method, so that a minimal API and an HTTP-triggered function call the same code. Which method answers which route is
/// said once, in <see cref="PaymentsRoutes"/>.
/// </summary>
public sealed class PaymentsApi
{
    private readonly IdempotentHttp _http;
    private readonly HttpIdempotencyOptions _options;
    private readonly CreatePaymentOperation _createOperation;
    private readonly CreatePaymentHandler _create;
    private readonly PaymentTransitionHandler _move;
    private readonly PaymentReader _payments;
    private readonly ISimulatedCharges? _charges;
    private readonly ApiAnswers _answers;

    internal PaymentsApi(
        IdempotentHttp http,
        IOptions<HttpIdempotencyOptions> options,
        CreatePaymentOperation createOperation,
        CreatePaymentHandler create,
        PaymentTransitionHandler move,
        PaymentReader payments,
        PaymentProblems problems,
        ISimulatedCharges? charges,
        OrdersApi orders,
        StockApi stock,
        ParkedApi parked,
        MessagingApi messaging)
    {
        Orders = orders;
        Stock = stock;
        Parked = parked;
        Messaging = messaging;
        _http = http;
        _options = options.Value;
        _createOperation = createOperation;
        _create = create;
        _move = move;
        _payments = payments;
        _charges = charges;
        _answers = new ApiAnswers(problems, _options);
    }

    /// <summary>The routes of orders.</summary>
    public OrdersApi Orders { get; }

    /// <summary>The routes of stock.</summary>
    public StockApi Stock { get; }

    /// <summary>The routes of parked work.</summary>
    public ParkedApi Parked { get; }

    /// <summary>The routes of statements, mail and dead letters.</summary>
    public MessagingApi Messaging { get; }

    /// <summary><c>POST /api/payments</c>: makes a payment, once for each <c>Idempotency-Key</c>.</summary>
    public async Task<IResult> CreateAsync(HttpRequest request, CancellationToken cancellationToken)
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

        CreatePaymentCommand? command;
        try
        {
            (command, var errors) = CreatePaymentReader.Read(body);
            if (command is null)
            {
                return _answers.Invalid(errors);
            }
        }
        catch (JsonException exception)
        {
            return _answers.BodyInvalid(exception.Message);
        }

        var principal = _options.Principal(request.HttpContext);
        var operation = new HttpOperation
        {
            Scope = CreatePaymentOperation.ScopeOf(principal),
            Fingerprint = _ => command.ToFingerprint(),
            Placement = key => _createOperation.PlacementOf(principal, key),
            RequireKey = true,
            SendsMessages = true,
        };
        return await _http.ExecuteAsync(request, operation, async (context, handlerToken) => (await _create.ExecuteAsync(command, context, handlerToken)).Select(result => result.Answer), cancellationToken);
    }

    /// <summary><c>POST /api/payments/{id}/capture</c>: takes the money that a payment reserved.</summary>
    public Task<IResult> CaptureAsync(HttpRequest request, string id, CancellationToken cancellationToken) =>
        MoveAsync(request, id, new CapturePayment(), cancellationToken);

    /// <summary><c>POST /api/payments/{id}/refund</c>: gives the whole of a captured payment back.</summary>
    public Task<IResult> RefundAsync(HttpRequest request, string id, CancellationToken cancellationToken) =>
        MoveAsync(request, id, new RefundPayment(), cancellationToken);

    /// <summary><c>GET /api/payments/{id}</c>.</summary>
    public Task<IResult> GetAsync(HttpRequest request, string id, CancellationToken cancellationToken) => _answers.ReadAsync(async () =>
        await FindAsync(request, id, cancellationToken) is var (_, _, payment)
            ? OperationResult.Json(200, payment, PaymentsJsonContext.Default.Payment)
            : null);

    /// <summary><c>GET /api/payments/{id}/ledger</c>: the entries that the payment booked.</summary>
    public Task<IResult> LedgerAsync(HttpRequest request, string id, CancellationToken cancellationToken) => _answers.ReadAsync(async () =>
        await FindAsync(request, id, cancellationToken) is var (merchant, paymentId, _)
            ? OperationResult.Json(200, await _payments.ListLedgerAsync(merchant, paymentId, cancellationToken), PaymentsJsonContext.Default.IReadOnlyListLedgerEntry)
            : null);

    /// <summary><c>GET /api/simulator/charges?accountId=</c>: what the simulated gateway really charged; 404 where another gateway charges.</summary>
    public Task<IResult> ChargesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _charges is null ? Task.FromResult(_answers.NoSimulator()) : _answers.ReadAsync(async () =>
            OperationResult.Json(200, await _charges.ListAsync(request.Query["accountId"].ToString(), cancellationToken), PaymentsJsonContext.Default.IReadOnlyListGatewayCharge));
    }

    /// <summary><c>GET /healthz</c>: whether the app reaches its storage.</summary>
    public Task<IResult> HealthAsync(CancellationToken cancellationToken) => _answers.ReadAsync(async () =>
    {
        await _payments.ProbeAsync(cancellationToken);
        return OperationResult.Json(200, new Health("healthy"), PaymentsJsonContext.Default.Health);
    });

    private async Task<IResult> MoveAsync(HttpRequest request, string id, PaymentTransition transition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!PaymentId.TryParse(id, out var paymentId))
        {
            return _answers.PaymentNotFound();
        }

        if (_http.CheckKey(request, requireKey: true) is { } refusal)
        {
            return refusal;
        }

        if (await JsonBody.ReadAsync(request, _options.MaxBodyBytes, cancellationToken) is not { } body)
        {
            return _answers.BodyTooLarge();
        }

        // Else someone who asks for a part of the money would be told that all is well, with the whole of it moved.
        if (!JsonBody.SaysNothing(body))
        {
            return _answers.BodyNotEmpty();
        }

        var principal = _options.Principal(request.HttpContext);
        var command = new PaymentTransitionCommand(paymentId, transition);
        var operation = new HttpOperation
        {
            Scope = PaymentTransitionOperation.ScopeOf(principal, command),
            Fingerprint = _ => command.ToFingerprint(),
            Placement = _ => PaymentTransitionOperation.PlacementOf(principal, command),
            RequireKey = true,
            SendsMessages = true,
        };
        return await _http.ExecuteAsync(request, operation, async (context, handlerToken) => (await _move.ExecuteAsync(command, context, handlerToken)).Select(result => result.Answer), cancellationToken);
    }

    private async Task<(MerchantId Merchant, PaymentId Id, Payment Payment)?> FindAsync(HttpRequest request, string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!PaymentId.TryParse(id, out var paymentId))
        {
            return null;
        }

        var merchant = MerchantId.Of(_options.Principal(request.HttpContext));
        return await _payments.FindAsync(merchant, paymentId, cancellationToken) is var (payment, _) ? (merchant, paymentId, payment) : null;
    }
}
