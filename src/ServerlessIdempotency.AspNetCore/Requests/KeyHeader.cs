using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Problems;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.AspNetCore.Requests;

internal static class KeyHeader
{
    public static KeyReading Read(HttpRequest request, bool isRequired)
    {
        if (!HttpMethods.IsPost(request.Method) && !HttpMethods.IsPatch(request.Method))
        {
            return new KeyReading.Absent();
        }

        var values = request.Headers[IdempotencyHeaders.Key];
        if (values.Count == 0)
        {
            return isRequired ? new KeyReading.Refused(Problem.KeyMissing) : new KeyReading.Absent();
        }

        var value = values[0] ?? "";

        // A proxy may join two headers to one list. A comma is the key's own only inside the quotes of an RFC 8941 string.
        if (values.Count > 1 || (value.Contains(',', StringComparison.Ordinal) && !value.TrimStart(' ', '\t').StartsWith('"')))
        {
            return new KeyReading.Refused(Problem.KeyInvalid("There is more than one key: send one header with one key. A key that contains a comma must be written in quotes."));
        }

        return IdempotencyKey.TryParse(value, out var key, out var fault)
            ? new KeyReading.Present(key)
            : new KeyReading.Refused(Problem.KeyInvalid(fault));
    }
}
