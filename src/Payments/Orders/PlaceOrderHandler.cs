using Payments.Partitions;
using Payments.Problems;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Sagas;

namespace Payments.Orders;

/// <summary>
/// Places an order: the order, its saga and the answer are one transaction. The order's key in the store is its user and reference, so of two that place it at once
/// one is refused by the store, runs again and finds the other's.
/// </summary>
internal sealed class PlaceOrderHandler(OrderReader orders, SagaRunner sagas, PaymentProblems problems)
{
    public async Task<HandlerOutcome<OperationResult>> ExecuteAsync(string principal, OrderId id, PlaceOrderCommand command, OperationContext context, CancellationToken cancellationToken)
    {
        var partition = context.Partition;
        var saga = new SagaAddress(partition, id.Value);
        if (await orders.FindAsync(partition, id, cancellationToken) is { } existing)
        {
            return existing.Command.ToFingerprint() == command.ToFingerprint()
                ? HandlerOutcome.Completed(Answer(200, await orders.ViewAsync(partition, existing, cancellationToken)))
                : HandlerOutcome.Completed(problems.Of(
                    409,
                    OrderProblemTypes.ReferenceTaken,
                    "The order reference is taken.",
                    $"The user has another order under this reference, {id}. Nothing was done: send this one under a reference of its own."));
        }

        var order = new Order(id, command, context.StartedAt);
        var start = sagas.Start(saga, OrderSaga.DefinitionName, new OrderSagaInput(principal, id.Value, command), OrdersJsonContext.Default.OrderSagaInput, MerchantId.Of(principal).Value);
        return HandlerOutcome.Completed(
            Answer(201, OrderView.Of(order, start.Saga, [])),
            rows: [OrderRow.ToInsert(order), .. start.Rows],
            messages: start.Messages);
    }

    private static OperationResult Answer(int status, OrderView view) =>
        OperationResult.Json(status, view, OrdersJsonContext.Default.OrderView, KeyValuePair.Create("Location", $"/api/orders/{view.Id}"));
}
