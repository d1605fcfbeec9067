namespace ServerlessIdempotency.Functions.Messages;

/// <summary>A message as it was received, without its broker's types.</summary>
/// <param name="MessageId">Its id.</param>
/// <param name="Body">Its body.</param>
/// <param name="DeliveryCount">Which delivery this is, from 1.</param>
internal sealed record ReceivedMessage(string MessageId, ReadOnlyMemory<byte> Body, int DeliveryCount)
{
    public string? ContentType { get; init; }

    public IReadOnlyDictionary<string, object> Properties { get; init; } = new Dictionary<string, object>();
}
