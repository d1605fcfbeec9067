using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Problems;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>Reads the key from its header.</summary>
internal static class KeyHeader
{
    public static KeyReading Read(HttpRequest request, string header)
    {
        var values = request.Headers[header];
        if (values.Count == 0)
        {
            return new KeyReading.Absent();
        }

        var value = values[0] ?? "";

        // A proxy may join two headers to one list. A comma is the key's own only inside the quotes of an RFC 8941 string.
        if (values.Count > 1 || (value.Contains(',', StringComparison.Ordinal) && !value.TrimStart(' ', '\t').StartsWith('"')))
        {
            return new KeyReading.Refused(Problem.KeyInvalid(header, "There is more than one key: send one header with one key. A key that contains a comma must be written in quotes."));
        }

        return IdempotencyKey.TryParse(value, out var key, out var fault)
            ? new KeyReading.Present(key)
            : new KeyReading.Refused(Problem.KeyInvalid(header, fault));
    }
}
