using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Payments.LocalHost.Tests;

/// <summary>What a client of the API sends.</summary>
internal static class Api
{
    public static string Order(string account, string method, bool capture = true) =>
        $$"""{"accountId":"{{account}}","amount":1250,"currency":"EUR","paymentMethod":"{{method}}","capture":{{(capture ? "true" : "false")}}}""";

    public static async Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, string key, string? json = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add("Idempotency-Key", key);
        if (json is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return await client.SendAsync(request);
    }

    public static async Task<List<JsonElement>> ListAsync(this HttpClient client, string path)
    {
        using var document = JsonDocument.Parse(await client.GetStringAsync(path));
        return [.. document.RootElement.Clone().EnumerateArray()];
    }

    public static string Text(this JsonElement element, string member) => element.GetProperty(member).GetString()!;
}
