using TestDoubles.Storage;

namespace Payments.LocalHost.Tests;

/// <summary>Storage that fails every few calls: before or after the effect of a call, with a broken connection or an error. Which call it meets depends on the order in which they come.</summary>
internal sealed class StorageWeather
{
    private const int Every = 33;

    private static readonly StorageFault[] Faults = [StorageFault.FailBefore, StorageFault.DropReply, StorageFault.Answer(503), StorageFault.AnswerAfter(500)];

    private int _calls;

    public StorageFault? Choose(StorageCall call)
    {
        if (call.Operation == StorageOperation.Table)
        {
            return null;
        }

        var number = Interlocked.Increment(ref _calls);
        return number % Every == 0 ? Faults[number / Every % Faults.Length] : null;
    }
}
