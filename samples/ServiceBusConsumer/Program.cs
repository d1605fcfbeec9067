using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.ServiceBus;
using ServiceBusConsumer;

var builder = Host.CreateApplicationBuilder(args);
var connection = builder.Configuration["ServiceBusConnection"] ?? throw new InvalidOperationException("Set ServiceBusConnection to the namespace's connection string.");
builder.Services.AddSingleton<ParcelConsumer>();
builder.Services.AddSingleton<StatementConsumer>();
builder.Services
    .AddIdempotency()
    .AddInMemoryStore()                             // an app of several instances says .AddTableStorage(…)
    .AddInbox(o => o.Rules.MaxDeliveryCount = 3)    // as the queue has it
    .AddServiceBus(ServiceBusConnection.FromConnectionString(connection))
    .AddServiceBusConsumer("parcels", services => services.GetRequiredService<ParcelConsumer>().ConsumeAsync, o => o.HasSessions = false)
    .AddServiceBusBatchConsumer("entries", services => (messages, cancellationToken) =>
        services.GetRequiredService<RedeliveryPolicy>().ConsumeBatchAsync(
            "entries", messages, token => services.GetRequiredService<StatementConsumer>().ApplyAsync(messages, token), cancellationToken));
builder.Build().Run();
