using Payments.Orders;
using Payments.Partitions;
using ServerlessIdempotency.Sagas;

namespace Payments.Parked;

/// <summary>The orders of a merchant that wait for a person.</summary>
internal sealed class ParkedOrders(ParkedSagas parked)
{
    public async Task<IReadOnlyList<ParkedView>> ListAsync(MerchantId merchant, CancellationToken cancellationToken)
    {
        var views = new List<ParkedView>();
        await foreach (var saga in parked.ListAsync(merchant.Value, cancellationToken))
        {
            if (OrderId.TryParse(saga.Saga.Id, out var order))
            {
                var step = saga.Saga.Steps.First(step => step.Name == saga.Saga.ParkedStep);
                views.Add(new ParkedView(
                    new ParkedId(order, saga.Parking).ToString(),
                    order.Value,
                    PaymentId: null,
                    step.Name,
                    saga.Saga.ParkedFrom == SagaStatus.Compensating ? "undoing" : "step",
                    step.Reason ?? saga.Saga.Reason ?? "",
                    saga.Saga.ParkedAt!.Value,
                    DecisionWords.All));
            }
        }

        return views;
    }

    public Task<ResolveOutcome> ResolveAsync(MerchantId merchant, ParkedId id, ParkedDecision decision, string note, string by, CancellationToken cancellationToken) =>
        parked.ResolveAsync(new SagaAddress(id.Order.PartitionOf(merchant), id.Order.Value), id.Parking, decision, note, by, cancellationToken);
}
