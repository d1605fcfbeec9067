namespace Trips;

/// <summary>A hotel or an airline, as the example sees it.</summary>
internal interface IBooking
{
    /// <summary>Books, if it is not booked under this key already.</summary>
    /// <returns>The booking's reference; null where nothing is free.</returns>
    /// <exception cref="HttpRequestException">No clear answer.</exception>
    Task<string?> BookAsync(string key, Trip trip, CancellationToken cancellationToken);

    /// <returns>The reference of what was booked under this key; null where nothing was.</returns>
    /// <exception cref="HttpRequestException">No clear answer.</exception>
    Task<string?> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>Cancels what was booked under this key, and refuses to book under it from now on.</summary>
    /// <exception cref="HttpRequestException">No clear answer.</exception>
    Task CancelAsync(string key, CancellationToken cancellationToken);
}
