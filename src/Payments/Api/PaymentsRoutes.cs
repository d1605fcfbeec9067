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
        new("GetHealth", HttpMethods.Get, "healthz", (api, _, cancellationToken) => api.HealthAsync(cancellationToken)),
    ];

    private static string IdOf(HttpRequest request) => request.RouteValues["id"] as string ?? "";
}
