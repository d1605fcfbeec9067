using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessIdempotency.Functions;

namespace HttpFunctions;

public static class Seats
{
    private static int _taken;

    [Function(nameof(TakeSeat)), Idempotent(RequireKey = true)]
    public static IResult TakeSeat([HttpTrigger(AuthorizationLevel.Function, "post", Route = "seats")] HttpRequest request) =>
        Results.Text($"{request.Path}: seat {Interlocked.Increment(ref _taken)}");
}
