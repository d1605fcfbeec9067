using Chaos.Randomness;

namespace Chaos.Clients;

/// <summary>The clients: each does one thing after another until it is told to stop, and ends what it has begun.</summary>
internal sealed class Crowd(int seed, int size, Uri address, int brokerPort, Story story) : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
    private readonly CommandSender _commands = new(brokerPort, story);

    public Task StockUpAsync() => OrderClient.SetFirstStockAsync(new RetryingClient(_http, story, SeededRandom.For(seed, "stock", 0)), story);

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, size).Select(number => Task.Run(() => WorkAsync(number, stop), CancellationToken.None)));

    public async ValueTask DisposeAsync()
    {
        await _commands.DisposeAsync();
        _http.Dispose();
    }

    private async Task WorkAsync(int number, CancellationToken stop)
    {
        var random = SeededRandom.For(seed, "client", number);
        var client = new RetryingClient(_http, story, random);
        var payments = new PaymentClient(client, _commands, story, random);
        var orders = new OrderClient(client, story, random);
        while (!stop.IsCancellationRequested)
        {
            await (random.NextDouble() switch
            {
                < 0.70 => payments.PayAsync(),
                < 0.97 => orders.OrderAsync(),
                _ => orders.RestockAsync(),
            });
            await Task.Delay(random.Between(0, 60), CancellationToken.None);
        }
    }
}
