namespace Payments.LocalHost.Tests.Queues;

/// <summary>What senders put into the queues.</summary>
internal static class Events
{
    public static string CreatePayment(string id, string account, string method = "pm_ok", string type = "payment.create") =>
        Event(id, type, Api.Order(account, method));

    /// <summary>A change of a payment, with a moment that puts it in its place on the statement.</summary>
    public static string PaymentChanged(string id, string account, long amount, string type = "payment.captured", int second = 0) => Event(
        id, type, $$"""{"paymentId":"pay_{{id}}","merchant":"local","accountId":"{{account}}","amount":{{amount}},"currency":"EUR"}""", second);

    private static string Event(string id, string type, string data, int second = 0) =>
        $$"""{"specversion":"1.0","id":"{{id}}","source":"/tests","type":"{{type}}","time":"{{new DateTime(2026, 11, 24, 12, 0, 0).AddSeconds(second):yyyy-MM-ddTHH:mm:ss}}Z","data":{{data}}}""";
}
