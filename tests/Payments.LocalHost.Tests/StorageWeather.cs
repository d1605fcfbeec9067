using TableStorageFaults;

namespace Payments.LocalHost.Tests;

/// <summary>Storage that fails now and then: before or after the effect of a call, with a broken connection or an error.</summary>
internal sealed class StorageWeather(int seed)
{
    private const double Rate = 0.03;

    private readonly Random _random = new(seed);

    public StorageFault? Choose(StorageCall call)
    {
        lock (_random)
        {
            return call.Operation == StorageOperation.Table || _random.NextDouble() >= Rate ? null : _random.Next(4) switch
            {
                0 => StorageFault.FailBefore,
                1 => StorageFault.Answer(503),
                2 => StorageFault.AnswerAfter(500),
                _ => StorageFault.DropReply,
            };
        }
    }
}
