using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.DependencyInjection;

namespace Trips;

internal static class TripServices
{
    /// <summary>Adds trips; the app adds a store and an <c>IMessageSender</c>.</summary>
    public static void AddTrips(this IServiceCollection services)
    {
        services.AddIdempotency().AddOutbox().AddSagas(options => options.AdvanceQueue = "trip-sagas").AddSaga<TripSaga>();
        services.AddSingleton<TripService>();
    }
}
