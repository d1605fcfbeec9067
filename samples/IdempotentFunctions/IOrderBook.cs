using Microsoft.AspNetCore.Http;

namespace IdempotentFunctions;

/// <summary>What the functions do. An app's own would keep it in a database.</summary>
public interface IOrderBook
{
    /// <summary>All that was done, each as often as it was done.</summary>
    IEnumerable<string> Deeds { get; }

    Task<string> PlaceAsync(HttpRequest request);

    Task<string> ChangeAsync(HttpRequest request);

    /// <exception cref="InvalidOperationException">The carrier does not answer.</exception>
    Task ShipAsync(BinaryData order);

    /// <returns>Whether the order was shipped before.</returns>
    Task<bool> TakeBackAsync(BinaryData order);
}
