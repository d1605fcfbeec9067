using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Payments.Capturing;
using Payments.Creating;
using Payments.Gateway.Simulated;
using Payments.Partitions;
using Payments.Problems;
using Payments.Refunding;
using Payments.State;
using Payments.Transitions;
using Payments.Undecided;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Records;

namespace Payments.Api;

/// <summary>
/// The routes of payments as plain methods, so that a minimal API and an HTTP-triggered function call the same code.
/// </summary>
public sealed class PaymentsApi
{
    private readonly IdempotentHttp _http;
    private readonly ApiRequests _requests;
    private readonly CreatePaymentOperation _createOperation;
    private readonly PaymentCreation _create;
    private readonly PaymentTransitionHandler _move;
    private readonly PaymentReader _payments;
    private readonly ISimulatedCharges? _charges;
    private readonly ApiAnswers _answers;

    internal PaymentsApi(
        IdempotentHttp http,
        IOptions<HttpIdempotencyOptions> options,
        CreatePaymentOperation createOperation,
        PaymentCreation create,
        PaymentTransitionHandler move,
        PaymentReader payments,
        PaymentProblems problems,
        ISimulatedCharges? charges)
    {
        _http = http;
        _createOperation = createOperation;
        _create = create;
        _move = move;
        _payments = payments;
        _charges = charges;
        _answers = new ApiAnswers(problems, options.Value);
        _requests = new ApiRequests(http, _answers);
    }

    /// <summary><c>POST /api/payments</c>: makes a payment, once for each <c>Idempotency-Key</c>.</summary>
    public Task<IResult> CreateAsync(HttpRequest request, CancellationToken cancellationToken) => _requests.ReadJsonAsync(
        request,
        requireKey: true,
        async ready =>
        {
            var (command, errors) = CreatePaymentReader.Read(ready.Body);
            if (command is null)
            {
                return _answers.Invalid(errors);
            }

            var operation = new HttpOperation
            {
                Scope = CreatePaymentOperation.ScopeOf(ready.Principal),
                Fingerprint = _ => command.ToFingerprint(),
                Placement = key => _createOperation.PlacementOf(ready.Principal, key),
                Retention = _createOperation.Retention,
                SendsMessages = true,
            };
            return await _http.ExecuteAsync(ready, operation, async (context, handlerToken) => (await _create.ExecuteAsync(command, context, handlerToken)).Select(result => result.Answer), cancellationToken);
        },
        cancellationToken);

    /// <summary><c>POST /api/payments/{id}/capture</c>: takes the money that a payment reserved.</summary>
    public Task<IResult> CaptureAsync(HttpRequest request, string id, CancellationToken cancellationToken) =>
        MoveAsync(request, id, new CapturePayment(), cancellationToken);

    /// <summary><c>POST /api/payments/{id}/refund</c>: gives the whole of a captured payment back.</summary>
    public Task<IResult> RefundAsync(HttpRequest request, string id, CancellationToken cancellationToken) =>
        MoveAsync(request, id, new RefundPayment(), cancellationToken);

    /// <summary><c>GET /api/payments/{id}</c>.</summary>
    public Task<IResult> GetAsync(HttpRequest request, string id, CancellationToken cancellationToken) => FindAsync(
        request, id, (_, _, payment) => Task.FromResult(OperationResult.Json(200, payment, PaymentsJsonContext.Default.Payment)), cancellationToken);

    /// <summary><c>GET /api/payments/{id}/ledger</c>: the entries that the payment booked.</summary>
    public Task<IResult> LedgerAsync(HttpRequest request, string id, CancellationToken cancellationToken) => FindAsync(
        request,
        id,
        async (merchant, paymentId, _) =>
            OperationResult.Json(200, await _payments.ListLedgerAsync(merchant, paymentId, cancellationToken), PaymentsJsonContext.Default.IReadOnlyListLedgerEntry),
        cancellationToken);

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

    private Task<IResult> MoveAsync(HttpRequest request, string id, PaymentTransition transition, CancellationToken cancellationToken) =>
        !PaymentId.TryParse(id, out var paymentId) ? Task.FromResult(_answers.PaymentNotFound()) : _requests.ReadAsync(
            request,
            requireKey: true,
            async ready =>
            {
                // Else someone who asks for a part of the money would be told that all is well, with the whole of it moved.
                if (!JsonBody.IsEmpty(ready.Body))
                {
                    return _answers.BodyNotEmpty();
                }

                var command = new PaymentTransitionCommand(paymentId, transition);
                var operation = new HttpOperation
                {
                    Scope = PaymentTransitionOperation.ScopeOf(ready.Principal, command),
                    Fingerprint = _ => command.ToFingerprint(),
                    Placement = _ => PaymentTransitionOperation.PlacementOf(ready.Principal, command),
                    SendsMessages = true,
                };
                return await _http.ExecuteAsync(ready, operation, async (context, handlerToken) => (await _move.ExecuteAsync(command, context, handlerToken)).Select(result => result.Answer), cancellationToken);
            },
            cancellationToken);

    private Task<IResult> FindAsync(
        HttpRequest request, string id, Func<MerchantId, PaymentId, Payment, Task<OperationResult>> answer, CancellationToken cancellationToken) => _requests.FindAsync(
        request,
        async merchant => PaymentId.TryParse(id, out var paymentId) && await _payments.FindAsync(merchant, paymentId, cancellationToken) is var (payment, _)
            ? await answer(merchant, paymentId, payment)
            : null,
        cancellationToken);
}
