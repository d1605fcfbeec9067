using System.Threading.Channels;

namespace LocalServiceBus.Benchmarks;

/// <summary>The same messages through a channel in memory, one writer and one reader: what a queue costs without a protocol, locks or settlement.</summary>
internal static class ChannelTransfer
{
    public static Task<Measurement> RunAsync(int messages, int window, byte[] body) => Measurement.OfAsync("channel in memory", messages, async () =>
    {
        var channel = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(window) { SingleReader = true, SingleWriter = true });
        var reading = Task.Run(async () =>
        {
            for (var received = 0; received < messages; received++)
            {
                await channel.Reader.ReadAsync();
            }
        });
        for (var sent = 0; sent < messages; sent++)
        {
            await channel.Writer.WriteAsync(body);
        }

        await reading;
    });
}
