using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.Sagas;

namespace Trips;

internal sealed class TripSaga([FromKeyedServices("hotel")] IBooking hotel, [FromKeyedServices("flight")] IBooking flight) : SagaDefinition
{
    public override string Name => "trip";

    public override TimeSpan Timeout => TimeSpan.FromHours(2);

    public override IReadOnlyList<SagaStep> Steps { get; } = [new BookStep("hotel", hotel), new BookStep("flight", flight)];
}
