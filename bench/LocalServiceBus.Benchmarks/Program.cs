using LocalServiceBus;
using LocalServiceBus.Benchmarks;
using LocalServiceBus.Configuration;

// Measures on this machine, broker and client in one process, so a ratio tells more than a number. --smoke takes few messages, to show that it still works.
const int BodyBytes = 256;
const int Window = 500;

// What a full collection leaves differs a little from one to the next: connection buffers, pools.
const long HeapSlack = 8_000_000;

var isSmoke = args is ["--smoke"];
var (few, some, many) = isSmoke ? (50, 2_000, 10_000) : (5_000, 100_000, 1_000_000);
var body = new byte[BodyBytes];
QueueOptions[] queues = [new() { Name = "memory" }];
await using var broker = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = queues });
await using var pipelined = await BrokerTransfer.ConnectAsync(broker, "memory", Window);

// Warm.
await ChannelTransfer.RunAsync(some, Window, body);
await pipelined.RunAsync("warm", some, body);
var before = MemoryInUse.Now();

var channel = await ChannelTransfer.RunAsync(many, Window, body);
List<Measurement> all = [channel, await pipelined.RunAsync($"broker, {Window} under way", many, body)];
var after = MemoryInUse.Now();
all.Add(await RunAloneAsync("broker, one at a time", folder: null, window: 1, few));
var data = Directory.CreateTempSubdirectory("local-service-bus-");
try
{
    all.Add(await RunAloneAsync($"broker with --data, {Window} under way", data.FullName, Window, isSmoke ? some : some / 2));
}
finally
{
    data.Delete(recursive: true);
}

Console.WriteLine($"{"sent, received and completed",-36} {"messages",10} {"messages/s",12} {"channel is",12} {"bytes each",12}");
foreach (var measured in all)
{
    Console.WriteLine($"{measured.Name,-36} {measured.Messages,10:N0} {measured.PerSecond,12:N0} {channel.PerSecond / measured.PerSecond,11:N1}× {measured.BytesEach,12:N0}");
}

Console.WriteLine($"Memory after {some:N0} messages: {before}");
Console.WriteLine($"Memory after {some + many:N0} messages: {after}");
if (after.Heap > before.Heap + HeapSlack)
{
    Console.Error.WriteLine($"The heap grew by {(after.Heap - before.Heap) / 1e6:F1} MB: something keeps what belongs to messages that are gone.");
    return 1;
}

return 0;

// On a broker of its own, so that the first one's memory is not disturbed.
async Task<Measurement> RunAloneAsync(string name, string? folder, int window, int messages)
{
    await using var alone = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = queues, DataFolder = folder });
    await using var transfer = await BrokerTransfer.ConnectAsync(alone, "memory", window);
    await transfer.RunAsync("warm", Math.Min(messages, 200), body);
    return await transfer.RunAsync(name, messages, body);
}
