using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>
/// The body of the message by which a saga is advanced. Every transition is committed together with the wake-up that follows it, so a saga goes on after
/// any crash and no table is ever searched for it.
/// </summary>
/// <param name="Table">The saga's table.</param>
/// <param name="PartitionKey">The saga's partition.</param>
/// <param name="Id">The saga's id.</param>
/// <param name="Transition">The transition that the wake-up was committed with. Once a later one is committed, this wake-up is not needed any more.</param>
public sealed record SagaWakeUp(string Table, string PartitionKey, string Id, long Transition)
{
    /// <summary>The subject of the message, for queues that carry others too: <c>saga.advance</c>.</summary>
    public const string Subject = "saga.advance";

    /// <summary>Where the saga lives.</summary>
    [JsonIgnore]
    public SagaAddress Address => new(new PartitionAddress(Table, PartitionKey), Id);

    /// <summary>Reads a message's body.</summary>
    /// <returns>Null where it is no wake-up: such a message belongs in the dead-letter queue.</returns>
    public static SagaWakeUp? TryParse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var wakeUp = JsonSerializer.Deserialize(body.Span, SagaJsonContext.Default.SagaWakeUp);
            return wakeUp is { Table: not null, PartitionKey: not null, Id: not null } && wakeUp.Address.Id is not null ? wakeUp : null;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return null;
        }
    }

    internal byte[] ToBody() => JsonSerializer.SerializeToUtf8Bytes(this, SagaJsonContext.Default.SagaWakeUp);
}
