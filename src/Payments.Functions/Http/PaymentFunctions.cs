using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Payments.Api;

namespace Payments.Functions.Http;

/// <summary>The routes of payments and accounts.</summary>
public sealed class PaymentFunctions(PaymentsApi api)
{
    [Function(nameof(CreatePayment))]
    public Task<IResult> CreatePayment([HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/payments")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(CreatePayment), api, request, cancellationToken);

    [Function(nameof(CapturePayment))]
    public Task<IResult> CapturePayment([HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/payments/{id}/capture")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(CapturePayment), api, request, cancellationToken);

    [Function(nameof(RefundPayment))]
    public Task<IResult> RefundPayment([HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/payments/{id}/refund")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(RefundPayment), api, request, cancellationToken);

    [Function(nameof(GetPayment))]
    public Task<IResult> GetPayment([HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/payments/{id}")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(GetPayment), api, request, cancellationToken);

    [Function(nameof(GetPaymentLedger))]
    public Task<IResult> GetPaymentLedger([HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/payments/{id}/ledger")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(GetPaymentLedger), api, request, cancellationToken);

    [Function(nameof(GetAccountStatement))]
    public Task<IResult> GetAccountStatement([HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/accounts/{id}/statement")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(GetAccountStatement), api, request, cancellationToken);
}
