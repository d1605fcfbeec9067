using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Sagas;

namespace Trips;

internal sealed class TripService(IdempotencyEngine engine, SagaRunner sagas, ParkedSagas waiting)
{
    public Task<ExecutionOutcome<OperationResult>> PlaceAsync(Operation operation, Trip trip, CancellationToken cancellationToken) => engine.ExecuteAsync(
        operation,
        (context, _) =>
        {
            var start = sagas.Start(new SagaAddress(context.Partition, trip.Id), "trip", trip, TripJson.Default.Trip);
            return Task.FromResult(HandlerOutcome.Completed(
                OperationResult.Json(202, trip, TripJson.Default.Trip),
                rows: [RowWrite.Insert($"trip|{trip.Id}", new Dictionary<string, object> { ["City"] = trip.City }), .. start.Rows],
                messages: start.Messages));
        },
        cancellationToken);

    public async Task<Settlement> ReceiveAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (SagaWakeUp.TryParse(body) is not { } wakeUp)
        {
            return new Settlement.DeadLetter("no-wake-up", "This queue takes the wake-ups of sagas.");
        }

        return await sagas.AdvanceAsync(wakeUp, cancellationToken)
            is SagaAdvanceOutcome.Waiting { IsLatestWakeUp: true } or SagaAdvanceOutcome.HeldElsewhere { IsLatestWakeUp: true }
            ? new Settlement.Abandon()
            : new Settlement.Complete();
    }

    public async Task ResolveAllAsync(string by, CancellationToken cancellationToken)
    {
        await foreach (var parked in waiting.ListAsync("all", cancellationToken))
        {
            await waiting.ResolveAsync(parked.Address, parked.Parking, ParkedDecision.Failed, "The hotel has no record of it.", by, cancellationToken);
        }
    }
}
