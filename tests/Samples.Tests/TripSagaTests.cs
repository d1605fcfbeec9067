using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Sagas;
using TestDoubles;
using Trips;

namespace Samples.Tests;

/// <summary>The example of docs/sagas.md: its code is the page's, it runs, and it does what the page says.</summary>
public sealed class TripSagaTests : IAsyncDisposable
{
    private static readonly Trip Trip = new("t-1", "Lisbon", 3);
    private static readonly PartitionAddress Partition = new("Trips", "p");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly Booking _hotel = new();
    private readonly Booking _flight = new();
    private readonly Queue<OutboundMessage> _queue = new();
    private readonly ServiceProvider _services;

    public TripSagaTests()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton<IRowStore>(new InMemoryRowStore());
        services.AddSingleton<IMessageSender>(new Sender(_queue));
        services.AddKeyedSingleton<IBooking>("hotel", _hotel);
        services.AddKeyedSingleton<IBooking>("flight", _flight);
        services.AddTrips();
        _services = services.BuildServiceProvider();
    }

    private TripService Trips => _services.GetRequiredService<TripService>();

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public async Task A_trip_is_booked_once_though_a_reply_is_lost()
    {
        _hotel.LosesReply = true;

        Assert.Equal(SagaStatus.Completed, (await RunAsync()).Status);

        Assert.Equal(["+hotel"], _hotel.Log("hotel"));
        Assert.Equal(["+flight"], _flight.Log("flight"));
    }

    [Fact]
    public async Task Where_no_flight_is_free_the_hotel_is_cancelled()
    {
        _flight.IsFull = true;

        var saga = await RunAsync();

        Assert.Equal((SagaStatus.Compensated, "No flight is free."), (saga.Status, saga.Reason));
        Assert.Equal(["+hotel", "-hotel"], _hotel.Log("hotel"));
    }

    [Fact]
    public async Task A_party_that_stays_silent_parks_the_saga_and_a_person_resolves_it()
    {
        _hotel.LosesReply = true;
        _hotel.IsSilent = true;
        Assert.Equal(SagaStatus.Parked, (await RunAsync()).Status);
        _hotel.IsSilent = false;

        await Trips.ResolveAllAsync("eve", default);
        Assert.Equal(SagaStatus.Compensated, (await DeliverAsync()).Status);

        Assert.Equal(["+hotel", "-hotel"], _hotel.Log("hotel"));
    }

    [Fact]
    public async Task Every_piece_of_code_on_the_page_is_a_piece_of_this_example()
    {
        var here = RepositoryFolder.PathOf("samples", "Trips");
        var code = string.Concat(Directory.EnumerateFiles(here, "*.cs").Select(file => Plain(File.ReadAllText(file))));
        var page = await File.ReadAllTextAsync(RepositoryFolder.PathOf("docs", "sagas.md"));
        var pieces = page.Split("```csharp\n").Skip(1).Select(piece => piece.Split("```")[0]).ToList();

        Assert.True(pieces.Count >= 4, "The page has lost its examples.");
        Assert.All(pieces, piece => Assert.True(code.Contains(Plain(piece), StringComparison.Ordinal), piece));

        // Whatever the indentation and the line ends.
        static string Plain(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
    }

    private async Task<SagaSnapshot> RunAsync()
    {
        var placed = await Trips.PlaceAsync(
            new Operation
            {
                Scope = new OperationScope("ada", "trips"),
                Key = IdempotencyKey.Create("k-1"),
                Fingerprint = Fingerprint.FromJson("trips", """{"id":"t-1"}"""u8.ToArray()),
                Placement = RecordPlacement.InPartition(Partition),
                SendsMessages = true,
            },
            Trip,
            default);
        Assert.IsType<ExecutionOutcome<OperationResult>.Executed>(placed);
        return await DeliverAsync();
    }

    private async Task<SagaSnapshot> DeliverAsync()
    {
        while (true)
        {
            await _services.GetRequiredService<OutboxSweeper>().SweepAsync(default);
            if (!_queue.TryDequeue(out var message))
            {
                var saga = (await _services.GetRequiredService<SagaRunner>().FindAsync(new SagaAddress(Partition, Trip.Id), default))!;
                if (saga.HasEnded || saga.Status == SagaStatus.Parked)
                {
                    return saga;
                }

                _time.Advance(TimeSpan.FromMinutes(1));
                continue;
            }

            if (message.NotBefore > _time.GetUtcNow())
            {
                _time.SetUtcNow(message.NotBefore.Value);
            }

            Assert.IsType<Settlement.Complete>(await Trips.ReceiveAsync(message.Body, default));
        }
    }

    private sealed class Sender(Queue<OutboundMessage> queue) : IMessageSender
    {
        public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        {
            queue.Enqueue(message);
            return Task.FromResult<SendOutcome>(new SendOutcome.Sent());
        }
    }

    private sealed class Booking : IBooking
    {
        private readonly List<string> _log = [];
        private readonly HashSet<string> _booked = [];
        private readonly HashSet<string> _cancelled = [];

        public bool IsFull { get; set; }

        public bool LosesReply { get; set; }

        public bool IsSilent { get; set; }

        public IEnumerable<string> Log(string name) => _log.Select(sign => sign + name);

        public Task<string?> BookAsync(string key, Trip trip, CancellationToken cancellationToken)
        {
            if (IsFull || _cancelled.Contains(key))
            {
                return Task.FromResult<string?>(null);
            }

            if (_booked.Add(key))
            {
                _log.Add("+");
            }

            if (LosesReply)
            {
                LosesReply = false;
                throw new HttpRequestException("The connection was reset.");
            }

            return Task.FromResult<string?>("ref-" + trip.City);
        }

        public Task<string?> FindAsync(string key, CancellationToken cancellationToken) =>
            IsSilent ? throw new HttpRequestException("No route.") : Task.FromResult(_booked.Contains(key) ? "ref" : null);

        public Task CancelAsync(string key, CancellationToken cancellationToken)
        {
            if (_cancelled.Add(key) && _booked.Contains(key))
            {
                _log.Add("-");
            }

            return Task.CompletedTask;
        }
    }
}
