using IdempotentFunctions;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Functions;
using ServerlessIdempotency.Functions.ServiceBus;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();     // first
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);    // its lines of each request hold the query, with a function key in it
builder.UseIdempotency(o => builder.Configuration.GetSection("Idempotency:Functions").Bind(o));
builder.UseServiceBusIdempotency();             // for functions of messages, by ServerlessIdempotency.Functions.ServiceBus
builder.Services
    .AddIdempotency(o => o.Retention = TimeSpan.FromHours(24))
    .AddTableStorage(o => o.ConnectionString = builder.Configuration["OrdersStorage"]);
builder.Services.AddSingleton<IOrderBook, OrderBook>();
await builder.Build().RunAsync();
