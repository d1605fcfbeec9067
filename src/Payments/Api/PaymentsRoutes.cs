namespace Payments.Api;

/// <summary>The paths of the app's routes, with their leading slash left out: both hosts map these and no others.</summary>
internal static class PaymentsRoutes
{
    /// <summary>POST.</summary>
    public const string CreatePayment = "api/payments";

    /// <summary>POST.</summary>
    public const string CapturePayment = "api/payments/{id}/capture";

    /// <summary>POST.</summary>
    public const string RefundPayment = "api/payments/{id}/refund";

    /// <summary>GET.</summary>
    public const string GetPayment = "api/payments/{id}";

    /// <summary>GET.</summary>
    public const string GetPaymentLedger = "api/payments/{id}/ledger";

    /// <summary>GET.</summary>
    public const string GetSimulatorCharges = "api/simulator/charges";

    /// <summary>POST.</summary>
    public const string PlaceOrder = "api/orders";

    /// <summary>GET.</summary>
    public const string GetOrder = "api/orders/{id}";

    /// <summary>PUT.</summary>
    public const string SetStock = "api/stock/{id}";

    /// <summary>GET.</summary>
    public const string GetStock = "api/stock/{id}";

    /// <summary>GET.</summary>
    public const string ListParked = "api/parked";

    /// <summary>POST.</summary>
    public const string ResolveParked = "api/parked/{id}/resolve";

    /// <summary>GET.</summary>
    public const string GetAccountStatement = "api/accounts/{id}/statement";

    /// <summary>GET.</summary>
    public const string GetSimulatorMailbox = "api/simulator/mailbox";

    /// <summary>GET.</summary>
    public const string ListDeadLetters = "api/dead-letters/{queue}";

    /// <summary>POST.</summary>
    public const string ResubmitDeadLetter = "api/dead-letters/{queue}/{sequenceNumber}/resubmit";

    /// <summary>POST.</summary>
    public const string DiscardDeadLetter = "api/dead-letters/{queue}/{sequenceNumber}/discard";

    /// <summary>GET.</summary>
    public const string ListDiscardedLetters = "api/discarded-letters/{queue}";

    /// <summary>GET.</summary>
    public const string ListUnsentMessages = "api/unsent-messages";

    /// <summary>POST.</summary>
    public const string RetryUnsentMessage = "api/unsent-messages/{id}/retry";

    /// <summary>GET.</summary>
    public const string GetHealth = "healthz";
}
