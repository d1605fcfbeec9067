using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace IdempotentFunctions;

internal sealed class OrderBook : IOrderBook
{
    private readonly ConcurrentQueue<string> _deeds = [];

    public IEnumerable<string> Deeds => _deeds;

    public Task<string> PlaceAsync(HttpRequest request) => DoAsync("placed", request);

    public Task<string> ChangeAsync(HttpRequest request) => DoAsync("changed", request);

    public Task ShipAsync(BinaryData order)
    {
        var isFirst = !_deeds.Contains($"tried {order}");
        _deeds.Enqueue($"tried {order}");
        if (isFirst && order.ToString().Contains("carrier-away", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("The carrier does not answer.");
        }

        _deeds.Enqueue($"shipped {order}");
        return Task.CompletedTask;
    }

    public Task<bool> TakeBackAsync(BinaryData order)
    {
        var isShipped = _deeds.Contains($"shipped {order}");
        _deeds.Enqueue(isShipped ? $"taken back {order}" : $"refused {order}");
        return Task.FromResult(isShipped);
    }

    private async Task<string> DoAsync(string deed, HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var order = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        _deeds.Enqueue($"{deed} {order}");
        return $"{deed} {order} as number {_deeds.Count}";
    }
}
