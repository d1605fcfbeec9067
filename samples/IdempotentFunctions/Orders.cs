using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using ServerlessIdempotency.Functions;
using ServerlessIdempotency.Functions.ServiceBus;

namespace IdempotentFunctions;

public sealed class Orders(IOrderBook orders)
{
    [Function(nameof(PlaceOrder)), Idempotent(RequireKey = true)]
    public async Task<IResult> PlaceOrder([HttpTrigger(AuthorizationLevel.Function, "post", Route = "orders")] HttpRequest request) =>
        Results.Created("/orders/1", await orders.PlaceAsync(request));

    [Function(nameof(ChangeOrder)), Idempotent(KeyBodyPath = "$.change.id")]
    public async Task<IActionResult> ChangeOrder([HttpTrigger(AuthorizationLevel.Function, "patch", Route = "orders/1")] HttpRequest request) =>
        new OkObjectResult(await orders.ChangeAsync(request));

    [Function(nameof(OnOrder)), Idempotent(Retention = "11.00:00:00")]
    public Task OnOrder(
        [ServiceBusTrigger("orders", Connection = "ServiceBusConnection", AutoCompleteMessages = false)] ServiceBusReceivedMessage message) =>
        orders.ShipAsync(message.Body);

    [Function(nameof(OnReturn)), Idempotent]
    public async Task<MessageOutcome> OnReturn(
        [ServiceBusTrigger("returns", Connection = "ServiceBusConnection", AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions)
    {
        await actions.RenewMessageLockAsync(message);
        return await orders.TakeBackAsync(message.Body)
            ? new MessageOutcome.Processed()
            : new MessageOutcome.Rejected("UnknownOrder", "No order of this number was ever shipped.");
    }
}
