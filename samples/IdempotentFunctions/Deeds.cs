using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace IdempotentFunctions;

public sealed class Deeds(IOrderBook orders)
{
    [Function(nameof(ListDeeds))]
    public IResult ListDeeds([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "deeds")] HttpRequest request) => Results.Json(orders.Deeds);
}
