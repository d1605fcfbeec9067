using System.Text;
using System.Text.Json;

namespace Chaos.Evidence;

/// <summary>Reads what the system tells of itself, at one instance and past every proxy.</summary>
internal sealed class ApiReader(Uri instance) : IDisposable
{
    private static readonly string[] Queues = ["payments", "payment-events", "orders"];

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = instance, Timeout = TimeSpan.FromSeconds(100) };

    public HttpClient Http => _http;

    public async Task<IReadOnlyList<Charge>> ChargesAsync(string account) =>
        [.. (await ListAsync($"/api/simulator/charges?accountId={account}")).Select(charge => new Charge(
            Text(charge, "reference"), Text(charge, "accountId"), charge.GetProperty("amount").GetInt64(), Text(charge, "currency"), Text(charge, "status")))];

    public async Task<PaymentState> PaymentAsync(string id)
    {
        var payment = await GetAsync($"/api/payments/{id}");
        return new PaymentState(
            Text(payment, "id"),
            Text(payment, "accountId"),
            payment.GetProperty("amount").GetInt64(),
            Text(payment, "currency"),
            Text(payment, "status"),
            Text(payment, "gatewayReference"),
            [.. (await ListAsync($"/api/payments/{id}/ledger")).Select(entry => new LedgerLine(
                Text(entry, "transactionId"), Text(entry, "type"), entry.GetProperty("amount").GetInt64(), Text(entry, "currency")))]);
    }

    public async Task<Statement> StatementAsync(string account)
    {
        var statement = await GetAsync($"/api/accounts/{account}/statement");
        return new Statement(
            account,
            statement.GetProperty("balances").EnumerateArray().ToDictionary(balance => Text(balance, "currency"), balance => balance.GetProperty("amount").GetDecimal()),
            [.. statement.GetProperty("entries").EnumerateArray().Select(entry => new StatementLine(
                Text(entry, "eventId"),
                Text(entry, "type"),
                Text(entry, "paymentId"),
                entry.GetProperty("amount").GetInt64(),
                Text(entry, "currency"),
                entry.GetProperty("at").GetDateTimeOffset()))]);
    }

    public async Task<IReadOnlyList<Mail>> MailboxAsync() =>
        [.. (await ListAsync("/api/simulator/mailbox")).Select(mail => new Mail(Text(mail, "messageId"), Text(mail, "to"), Text(mail, "text"), mail.GetProperty("arrivals").GetInt64()))];

    public async Task<OrderState> OrderAsync(string id)
    {
        var order = await GetAsync($"/api/orders/{id}");
        return new OrderState(
            Text(order, "id"),
            Text(order, "orderReference"),
            Text(order, "status"),
            Text(order, "outcome"),
            order.TryGetProperty("paymentId", out var payment) ? payment.GetString() : null);
    }

    public async Task<StockState> StockAsync(string sku)
    {
        var stock = await GetAsync($"/api/stock/{sku}");
        return new StockState(sku, stock.GetProperty("available").GetInt64(), stock.GetProperty("reserved").GetInt64());
    }

    /// <summary>Id and reason of everything that waits for a person.</summary>
    public async Task<IReadOnlyList<(string Id, string Reason)>> ParkedAsync() =>
        [.. (await ListAsync("/api/parked")).Select(parked => (Text(parked, "id"), $"{Text(parked, "step")}: {Text(parked, "reason")}"))];

    /// <summary>A person's decision to try again.</summary>
    public async Task RetryParkedAsync(string id)
    {
        using var content = new StringContent("""{"decision":"retry","note":"The faults are over."}""", Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri($"/api/parked/{id}/resolve", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
    }

    public async Task<IReadOnlyList<string>> DeadLettersAsync()
    {
        var letters = new List<string>();
        foreach (var queue in Queues)
        {
            letters.AddRange((await ListAsync($"/api/dead-letters/{queue}")).Select(letter => $"{queue}: {letter}"));
        }

        return letters;
    }

    public void Dispose() => _http.Dispose();

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString()!;

    private async Task<JsonElement> GetAsync(string path)
    {
        using var document = JsonDocument.Parse(await _http.GetStringAsync(new Uri(path, UriKind.Relative)));
        return document.RootElement.Clone();
    }

    private async Task<IEnumerable<JsonElement>> ListAsync(string path) => (await GetAsync(path)).EnumerateArray();
}
