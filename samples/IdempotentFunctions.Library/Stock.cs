using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessIdempotency.Functions;

namespace IdempotentFunctions.Library;

public static class Stock
{
    private static int _counts;

    // Longer than the default, so that a shorter functionTimeout makes this function's attribute wrong and no other's.
    [Function(nameof(CountStock)), Idempotent(RequireKey = true, MaxExecution = "00:04:30")]
    public static IResult CountStock([HttpTrigger(AuthorizationLevel.Function, "post", Route = "stock")] HttpRequest request) => Results.Text($"{request.Path}: count {Interlocked.Increment(ref _counts)}");
}
