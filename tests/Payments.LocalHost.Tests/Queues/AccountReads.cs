using System.Text.Json;

namespace Payments.LocalHost.Tests.Queues;

/// <summary>What anyone can read about an account.</summary>
internal static class AccountReads
{
    public static async Task<JsonElement> StatementAsync(this HttpClient client, string account) =>
        JsonDocument.Parse(await client.GetStringAsync($"/api/accounts/{account}/statement")).RootElement;

    /// <summary>Waits until the statement has so many entries.</summary>
    public static async Task<JsonElement> StatementAsync(this HttpClient client, string account, int entries) =>
        await Until.Async(() => client.StatementAsync(account), statement => statement.GetProperty("entries").GetArrayLength() >= entries);

    public static Task<List<JsonElement>> ChargesAsync(this HttpClient client, string account) => client.ListAsync($"/api/simulator/charges?accountId={account}");

    public static async Task<List<JsonElement>> MailAsync(this HttpClient client, string account) =>
        [.. (await client.ListAsync("/api/simulator/mailbox")).Where(mail => mail.Text("to") == $"{account}@customers.example.com")];

    /// <summary>Waits until so many receipts have come to the account's customer.</summary>
    public static async Task<List<JsonElement>> MailAsync(this HttpClient client, string account, int receipts) =>
        await Until.Async(() => client.MailAsync(account), mails => mails.Count >= receipts);

    /// <summary>Waits for the dead letter whose session this is.</summary>
    public static async Task<JsonElement> DeadLetterAsync(this HttpClient client, string queue, string session, long after = 0) => (await Until.Async(
        async () => (await client.ListAsync($"/api/dead-letters/{queue}")).Find(letter => letter.Text("sessionId") == session && letter.GetProperty("sequenceNumber").GetInt64() > after),
        letter => letter.ValueKind == JsonValueKind.Object));
}
