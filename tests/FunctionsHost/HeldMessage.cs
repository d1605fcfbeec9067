using System.Diagnostics;
using Azure.Messaging.ServiceBus;

namespace FunctionsHost;

/// <summary>A message that a function has in hand, with what settles it: the receiver that holds its lock.</summary>
internal sealed class HeldMessage(ServiceBusReceivedMessage message, Func<Task> complete, Func<Task> abandon, Func<string?, string?, Task> deadLetter, Func<Task> renew)
{
    private readonly long _received = Stopwatch.GetTimestamp();

    public ServiceBusReceivedMessage Message { get; } = message;

    public TimeSpan Age => Stopwatch.GetElapsedTime(_received);

    /// <summary>Whether the function has said what becomes of it.</summary>
    public bool IsSettled { get; set; }

    public Task RenewAsync() => renew();

    public Task CompleteAsync() => complete();

    public Task AbandonAsync() => abandon();

    public Task DeadLetterAsync(string? reason, string? description) => deadLetter(reason, description);
}
