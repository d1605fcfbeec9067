using LocalServiceBus.Queues;

namespace LocalServiceBus.Tests.Queues;

/// <summary>Content without any encoding: the rules of a queue look at none.</summary>
internal sealed class PlainContent(IReadOnlyDictionary<string, object?>? properties = null) : MessageContent
{
    public IReadOnlyDictionary<string, object?> Properties { get; } = properties ?? new Dictionary<string, object?>();

    public override int Size => 0;

    public override MessageContent With(IReadOnlyDictionary<string, object?> propertyChanges)
    {
        var changed = new Dictionary<string, object?>(Properties);
        foreach (var (name, value) in propertyChanges)
        {
            changed[name] = value;
        }

        return new PlainContent(changed);
    }

    public override MessageContent WithLife(DateTimeOffset enqueuedAt, TimeSpan? timeToLive) => this;

    public override byte[] ToBytes() => [];
}
