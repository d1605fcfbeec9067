using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Payments.Json;

namespace Payments.Api;

/// <summary>What a JSON body is, before its operation.</summary>
internal static class JsonBody
{
    public static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (type.MediaType!.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.MediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase))
        && (type.CharSet is null || type.CharSet.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a body is empty or an object without members.</summary>
    public static bool IsEmpty(ReadOnlyMemory<byte> body)
    {
        if (StrictJson.WithoutMark(body).Length == 0)
        {
            return true;
        }

        try
        {
            using var document = StrictJson.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.GetPropertyCount() == 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
