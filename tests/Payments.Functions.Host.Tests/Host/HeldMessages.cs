using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Payments.Functions.Host.Tests.Host;

/// <summary>The messages that functions have in hand.</summary>
internal sealed class HeldMessages
{
    private readonly ConcurrentDictionary<string, ProcessSessionMessageEventArgs> _held = new();

    /// <summary>Every settlement, in its order.</summary>
    public ConcurrentQueue<SettledMessage> Settled { get; } = new();

    public ProcessSessionMessageEventArgs? Find(string lockToken) => _held.GetValueOrDefault(lockToken);

    public void Add(ProcessSessionMessageEventArgs args) => _held[args.Message.LockToken] = args;

    public void Remove(ProcessSessionMessageEventArgs args) => _held.TryRemove(args.Message.LockToken, out _);
}
