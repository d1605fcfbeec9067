using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Payments.Orders;
using Payments.Parked;
using Payments.Stock;

namespace Payments.Api;

/// <summary>Maps the routes in a web app.</summary>
internal static class PaymentsEndpointRouteBuilderExtensions
{
    /// <summary>Maps every route of <see cref="PaymentsRoutes"/>, each under the name that its constant has.</summary>
    /// <param name="endpoints">The web app.</param>
    public static void MapPayments(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        endpoints.MapPost("/" + PaymentsRoutes.CreatePayment, (PaymentsApi payments, HttpRequest request, CancellationToken cancellationToken) => payments.CreateAsync(request, cancellationToken)).WithName(nameof(PaymentsRoutes.CreatePayment));
        endpoints.MapPost("/" + PaymentsRoutes.CapturePayment, (PaymentsApi payments, HttpRequest request, string id, CancellationToken cancellationToken) => payments.CaptureAsync(request, id, cancellationToken)).WithName(nameof(PaymentsRoutes.CapturePayment));
        endpoints.MapPost("/" + PaymentsRoutes.RefundPayment, (PaymentsApi payments, HttpRequest request, string id, CancellationToken cancellationToken) => payments.RefundAsync(request, id, cancellationToken)).WithName(nameof(PaymentsRoutes.RefundPayment));
        endpoints.MapGet("/" + PaymentsRoutes.GetPayment, (PaymentsApi payments, HttpRequest request, string id, CancellationToken cancellationToken) => payments.GetAsync(request, id, cancellationToken)).WithName(nameof(PaymentsRoutes.GetPayment));
        endpoints.MapGet("/" + PaymentsRoutes.GetPaymentLedger, (PaymentsApi payments, HttpRequest request, string id, CancellationToken cancellationToken) => payments.LedgerAsync(request, id, cancellationToken)).WithName(nameof(PaymentsRoutes.GetPaymentLedger));
        endpoints.MapGet("/" + PaymentsRoutes.GetSimulatorCharges, (PaymentsApi payments, HttpRequest request, CancellationToken cancellationToken) => payments.ChargesAsync(request, cancellationToken)).WithName(nameof(PaymentsRoutes.GetSimulatorCharges));
        endpoints.MapPost("/" + PaymentsRoutes.PlaceOrder, (OrdersApi orders, HttpRequest request, CancellationToken cancellationToken) => orders.PlaceAsync(request, cancellationToken)).WithName(nameof(PaymentsRoutes.PlaceOrder));
        endpoints.MapGet("/" + PaymentsRoutes.GetOrder, (OrdersApi orders, HttpRequest request, string id, CancellationToken cancellationToken) => orders.GetAsync(request, id, cancellationToken)).WithName(nameof(PaymentsRoutes.GetOrder));
        endpoints.MapPut("/" + PaymentsRoutes.SetStock, (StockApi stock, HttpRequest request, string id, CancellationToken cancellationToken) => stock.SetAsync(request, id, cancellationToken)).WithName(nameof(PaymentsRoutes.SetStock));
        endpoints.MapGet("/" + PaymentsRoutes.GetStock, (StockApi stock, HttpRequest request, string id, CancellationToken cancellationToken) => stock.GetAsync(request, id, cancellationToken)).WithName(nameof(PaymentsRoutes.GetStock));
        endpoints.MapGet("/" + PaymentsRoutes.ListParked, (ParkedApi parked, HttpRequest request, CancellationToken cancellationToken) => parked.ListAsync(request, cancellationToken)).WithName(nameof(PaymentsRoutes.ListParked));
        endpoints.MapPost("/" + PaymentsRoutes.ResolveParked, (ParkedApi parked, HttpRequest request, string id, CancellationToken cancellationToken) => parked.ResolveAsync(request, id, cancellationToken)).WithName(nameof(PaymentsRoutes.ResolveParked));
        endpoints.MapGet("/" + PaymentsRoutes.GetAccountStatement, (MessagingApi messaging, HttpRequest request, string id, CancellationToken cancellationToken) => messaging.StatementAsync(request, id, cancellationToken)).WithName(nameof(PaymentsRoutes.GetAccountStatement));
        endpoints.MapGet("/" + PaymentsRoutes.GetSimulatorMailbox, (MessagingApi messaging, CancellationToken cancellationToken) => messaging.MailboxAsync(cancellationToken)).WithName(nameof(PaymentsRoutes.GetSimulatorMailbox));
        endpoints.MapGet("/" + PaymentsRoutes.ListDeadLetters, (MessagingApi messaging, string queue, CancellationToken cancellationToken) => messaging.DeadLettersAsync(queue, cancellationToken)).WithName(nameof(PaymentsRoutes.ListDeadLetters));
        endpoints.MapPost("/" + PaymentsRoutes.ResubmitDeadLetter, (MessagingApi messaging, string queue, string sequenceNumber, CancellationToken cancellationToken) => messaging.ResubmitAsync(queue, sequenceNumber, cancellationToken)).WithName(nameof(PaymentsRoutes.ResubmitDeadLetter));
        endpoints.MapPost("/" + PaymentsRoutes.DiscardDeadLetter, (MessagingApi messaging, HttpRequest request, string queue, string sequenceNumber, CancellationToken cancellationToken) => messaging.DiscardAsync(request, queue, sequenceNumber, cancellationToken)).WithName(nameof(PaymentsRoutes.DiscardDeadLetter));
        endpoints.MapGet("/" + PaymentsRoutes.ListDiscardedLetters, (MessagingApi messaging, string queue, CancellationToken cancellationToken) => messaging.DiscardedAsync(queue, cancellationToken)).WithName(nameof(PaymentsRoutes.ListDiscardedLetters));
        endpoints.MapGet("/" + PaymentsRoutes.ListUnsentMessages, (MessagingApi messaging, CancellationToken cancellationToken) => messaging.UnsentAsync(cancellationToken)).WithName(nameof(PaymentsRoutes.ListUnsentMessages));
        endpoints.MapPost("/" + PaymentsRoutes.RetryUnsentMessage, (MessagingApi messaging, string id, CancellationToken cancellationToken) => messaging.RetryUnsentAsync(id, cancellationToken)).WithName(nameof(PaymentsRoutes.RetryUnsentMessage));
        endpoints.MapGet("/" + PaymentsRoutes.GetHealth, (PaymentsApi payments, CancellationToken cancellationToken) => payments.HealthAsync(cancellationToken)).WithName(nameof(PaymentsRoutes.GetHealth));
    }
}
