using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ServerlessIdempotency.AspNetCore.Requests;

internal static class AttemptHeader
{
    public static bool IsRetry(HttpContext context) =>
        int.TryParse(context.Request.Headers[IdempotencyHeaders.Attempt], NumberStyles.None, CultureInfo.InvariantCulture, out var attempt) && attempt > 1;
}
