using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Payments.Api;

namespace Payments.Functions.Http;

/// <summary>The routes of payments and accounts.</summary>
public sealed class PaymentFunctions(PaymentsApi payments, MessagingApi messaging)
{
    [Function(nameof(CreatePayment))]
    public Task<IResult> CreatePayment([HttpTrigger(AuthorizationLevel.Function, "post", Route = PaymentsRoutes.CreatePayment)] HttpRequest request, CancellationToken cancellationToken) =>
        payments.CreateAsync(request, cancellationToken);

    [Function(nameof(CapturePayment))]
    public Task<IResult> CapturePayment([HttpTrigger(AuthorizationLevel.Function, "post", Route = PaymentsRoutes.CapturePayment)] HttpRequest request, CancellationToken cancellationToken) =>
        payments.CaptureAsync(request, request.RouteValue("id"), cancellationToken);

    [Function(nameof(RefundPayment))]
    public Task<IResult> RefundPayment([HttpTrigger(AuthorizationLevel.Function, "post", Route = PaymentsRoutes.RefundPayment)] HttpRequest request, CancellationToken cancellationToken) =>
        payments.RefundAsync(request, request.RouteValue("id"), cancellationToken);

    [Function(nameof(GetPayment))]
    public Task<IResult> GetPayment([HttpTrigger(AuthorizationLevel.Function, "get", Route = PaymentsRoutes.GetPayment)] HttpRequest request, CancellationToken cancellationToken) =>
        payments.GetAsync(request, request.RouteValue("id"), cancellationToken);

    [Function(nameof(GetPaymentLedger))]
    public Task<IResult> GetPaymentLedger([HttpTrigger(AuthorizationLevel.Function, "get", Route = PaymentsRoutes.GetPaymentLedger)] HttpRequest request, CancellationToken cancellationToken) =>
        payments.LedgerAsync(request, request.RouteValue("id"), cancellationToken);

    [Function(nameof(GetAccountStatement))]
    public Task<IResult> GetAccountStatement([HttpTrigger(AuthorizationLevel.Function, "get", Route = PaymentsRoutes.GetAccountStatement)] HttpRequest request, CancellationToken cancellationToken) =>
        messaging.StatementAsync(request, request.RouteValue("id"), cancellationToken);
}
