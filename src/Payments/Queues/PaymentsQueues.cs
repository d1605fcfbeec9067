namespace Payments.Queues;

/// <summary>The queues of the app, each name in one place. Their settings are in <c>infra/servicebus.json</c>, which Azure and the local broker both read.</summary>
internal static class PaymentsQueues
{
    /// <summary>Payment commands, one session an account.</summary>
    public const string Payments = "payments";

    /// <summary>What happened to payments, one session an account.</summary>
    public const string PaymentEvents = "payment-events";

    /// <summary>Orders that go on, one session an order.</summary>
    public const string Orders = "orders";

    /// <summary>Every queue.</summary>
    public static IReadOnlyList<string> All { get; } = [Payments, PaymentEvents, Orders];
}
