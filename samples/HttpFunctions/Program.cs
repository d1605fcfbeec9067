using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Functions;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();     // first
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);    // its lines of each request hold the query, with a function key in it
builder.UseIdempotency();
builder.Services
    .AddIdempotency()
    .AddTableStorage(o => o.ConnectionString = builder.Configuration["OrdersStorage"]);
await builder.Build().RunAsync();
