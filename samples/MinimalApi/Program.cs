using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.DependencyInjection;

var builder = WebApplication.CreateBuilder(args);
builder.Services
    .AddIdempotency(o => o.Retention = TimeSpan.FromHours(24))
    .AddInMemoryStore()                             // an app of several instances says .AddTableStorage(…)
    .AddHttp();

var app = builder.Build();
var orders = 0;

// Without an Idempotency-Key: 400. The first call runs; a repeat gets the same answer; the same key with another body gets 422.
app.MapPost("/orders", (Order order) => Results.Created($"/orders/{Interlocked.Increment(ref orders)}", order)).RequireIdempotencyKey();

// The key is optional here: with one the call runs once, without one as often as it comes.
app.MapPatch("/orders/{id}", (int id, Order order) => Results.Ok(new { id, order.Sku, changes = Interlocked.Increment(ref orders) })).WithIdempotency();

app.Run();

internal sealed record Order(string Sku, int Quantity);
