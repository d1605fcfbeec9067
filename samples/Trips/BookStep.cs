using ServerlessIdempotency.Sagas;

namespace Trips;

internal sealed class BookStep(string name, IBooking booking) : SagaStep
{
    public override string Name => name;

    public override TimeSpan Timeout => TimeSpan.FromSeconds(10);

    public override async Task<StepOutcome> ExecuteAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await booking.BookAsync(context.StableKey, context.Input(TripJson.Default.Trip), cancellationToken) is { } reference
                ? StepOutcome.Give(reference, TripJson.Default.String)
                : new StepOutcome.Rejected($"No {Name} is free.");
        }
        catch (HttpRequestException exception)
        {
            return new StepOutcome.OutcomeUnknown(exception.Message);
        }
    }

    public override async Task<ProbeOutcome> ProbeAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await booking.FindAsync(context.StableKey, cancellationToken) is { } reference
                ? new ProbeOutcome.Happened { Result = StepOutcome.Give(reference, TripJson.Default.String).Result }
                : new ProbeOutcome.NotHappened();
        }
        catch (HttpRequestException exception)
        {
            return new ProbeOutcome.Unreachable(exception.Message);
        }
    }

    public override async Task<CompensationOutcome> CompensateAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        try
        {
            await booking.CancelAsync(context.StableKey, cancellationToken);
            return new CompensationOutcome.Done();
        }
        catch (HttpRequestException exception)
        {
            return new CompensationOutcome.Retryable(exception.Message);
        }
    }
}
