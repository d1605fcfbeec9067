using Microsoft.AspNetCore.Http;

namespace Payments.Api;

/// <summary>Every route of the app. The homes map these and no others; a test holds them to it.</summary>
public static class PaymentsRoutes
{
    /// <summary>The routes.</summary>
    public static IReadOnlyList<PaymentsRoute> All { get; } =
    [
        new("CreatePayment", HttpMethods.Post, "api/payments", (api, request, cancellationToken) => api.CreateAsync(request, cancellationToken)),
        new("CapturePayment", HttpMethods.Post, "api/payments/{id}/capture", (api, request, cancellationToken) => api.CaptureAsync(request, IdOf(request), cancellationToken)),
        new("RefundPayment", HttpMethods.Post, "api/payments/{id}/refund", (api, request, cancellationToken) => api.RefundAsync(request, IdOf(request), cancellationToken)),
        new("GetPayment", HttpMethods.Get, "api/payments/{id}", (api, request, cancellationToken) => api.GetAsync(request, IdOf(request), cancellationToken)),
        new("GetPaymentLedger", HttpMethods.Get, "api/payments/{id}/ledger", (api, request, cancellationToken) => api.LedgerAsync(request, IdOf(request), cancellationToken)),
        new("GetSimulatorCharges", HttpMethods.Get, "api/simulator/charges", (api, request, cancellationToken) => api.ChargesAsync(request, cancellationToken)),
        new("PlaceOrder", HttpMethods.Post, "api/orders", (api, request, cancellationToken) => api.Orders.PlaceAsync(request, cancellationToken)),
        new("GetOrder", HttpMethods.Get, "api/orders/{id}", (api, request, cancellationToken) => api.Orders.GetAsync(request, IdOf(request), cancellationToken)),
        new("SetStock", HttpMethods.Put, "api/stock/{id}", (api, request, cancellationToken) => api.Stock.SetAsync(request, IdOf(request), cancellationToken)),
        new("GetStock", HttpMethods.Get, "api/stock/{id}", (api, request, cancellationToken) => api.Stock.GetAsync(request, IdOf(request), cancellationToken)),
        new("ListParked", HttpMethods.Get, "api/parked", (api, request, cancellationToken) => api.Parked.ListAsync(request, cancellationToken)),
        new("ResolveParked", HttpMethods.Post, "api/parked/{id}/resolve", (api, request, cancellationToken) => api.Parked.ResolveAsync(request, IdOf(request), cancellationToken)),
        new("GetAccountStatement", HttpMethods.Get, "api/accounts/{id}/statement", (api, request, cancellationToken) => api.Messaging.StatementAsync(request, IdOf(request), cancellationToken)),
        new("GetSimulatorMailbox", HttpMethods.Get, "api/simulator/mailbox", (api, _, cancellationToken) => api.Messaging.MailboxAsync(cancellationToken)),
        new("ListDeadLetters", HttpMethods.Get, "api/dead-letters/{queue}", (api, request, cancellationToken) => api.Messaging.DeadLettersAsync(ValueOf(request, "queue"), cancellationToken)),
        new("ResubmitDeadLetter", HttpMethods.Post, "api/dead-letters/{queue}/{sequenceNumber}/resubmit", (api, request, cancellationToken) => api.Messaging.ResubmitAsync(ValueOf(request, "queue"), ValueOf(request, "sequenceNumber"), cancellationToken)),
        new("ListUnsentMessages", HttpMethods.Get, "api/unsent-messages", (api, _, cancellationToken) => api.Messaging.UnsentAsync(cancellationToken)),
        new("RetryUnsentMessage", HttpMethods.Post, "api/unsent-messages/{id}/retry", (api, request, cancellationToken) => api.Messaging.RetryUnsentAsync(IdOf(request), cancellationToken)),
        new("GetHealth", HttpMethods.Get, "healthz", (api, _, cancellationToken) => api.HealthAsync(cancellationToken)),
    ];

    /// <summary>Answers a request by the route's name, for a home that finds its routes by itself.</summary>
    /// <param name="name">The route's name.</param>
    /// <param name="api">The app.</param>
    /// <param name="request">The request, with its route values.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InvalidOperationException">There is no route of this name.</exception>
    public static Task<IResult> AnswerAsync(string name, PaymentsApi api, HttpRequest request, CancellationToken cancellationToken) =>
        All.First(route => route.Name == name).AnswerAsync(api, request, cancellationToken);

    private static string IdOf(HttpRequest request) => ValueOf(request, "id");

    private static string ValueOf(HttpRequest request, string name) => request.RouteValues[name] as string ?? "";
}
