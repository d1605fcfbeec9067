using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Payments.DependencyInjection;
using Payments.Functions.ServiceBus;
using Payments.Functions.Startup;
using Payments.Functions.Storage;
using Payments.Gateway;
using ServerlessIdempotency.Functions;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Purge;

var builder = FunctionsApplication.CreateBuilder(args);
SecretReferences.ThrowIfUnresolved(builder.Configuration);
builder.ConfigureFunctionsWebApplication();

// Each stands around the ones after it: first what turns a failure into an answer, then what sends the messages that the function committed.
builder.UseMiddleware<ProblemMiddleware>();
builder.UseMiddleware<OutboxMiddleware>();
builder.UseIdempotency(options => builder.Configuration.GetSection("Idempotency:Functions").Bind(options));
builder.AddTelemetry();

builder.Services
    .AddPayments(builder.Configuration)
    .AddPaymentsStorage(builder.Configuration)
    .AddPaymentsServiceBus(builder.Configuration)
    .AddPaymentsPurge(builder.Configuration);
builder.Services.AddOptions<GatewayOptions>().Validate(
    gateway => gateway.Kind is not null,
    "Gateway:Kind is not set: set it to Stripe, with Stripe:ApiKey, or to Simulated where no money is to move.");

// Timers sweep and purge: a loop in the process would stand still with it.
builder.Services.PostConfigure<OutboxOptions>(options => options.SweepInterval = TimeSpan.Zero);
builder.Services.PostConfigure<PurgeOptions>(options => options.Interval = TimeSpan.Zero);

await builder.Build().RunAsync();
