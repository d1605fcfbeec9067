using System.Globalization;
using System.Text.Json;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>A saga as columns of its row, and back: what people search for in columns of their own, the rest as JSON.</summary>
/// <param name="Saga">The saga.</param>
/// <param name="Owner">Who holds it: a fresh id for each claim. Null where no one does.</param>
/// <param name="Epoch">Counts the claims.</param>
/// <param name="LeaseUntil">How long the owner holds it.</param>
internal sealed record SagaRow(SagaSnapshot Saga, string? Owner, long Epoch, DateTimeOffset LeaseUntil)
{
    public const int SchemaVersion = 1;

    /// <param name="retention">How long it is kept after its end; zero for good.</param>
    public Dictionary<string, object> ToValues(TimeSpan retention = default)
    {
        var values = new Dictionary<string, object>
        {
            ["SchemaVersion"] = SchemaVersion,
            ["Definition"] = Saga.Definition,
            ["Status"] = Saga.Status.ToString(),
            ["Transition"] = Saga.Transition,
            ["Epoch"] = Epoch,
            ["LeaseUntil"] = LeaseUntil,
        };
        if (retention > TimeSpan.Zero && Saga.EndedAt is { } endedAt)
        {
            values[RowColumns.ExpiresAt] = endedAt + retention;
        }

        if (Owner is not null)
        {
            values["Owner"] = Owner;
        }

        BodyCodec.Encode(JsonSerializer.SerializeToUtf8Bytes(Saga, SagaJsonContext.Default.SagaSnapshot), values);
        return values;
    }

    public static SagaRow FromRow(Row row)
    {
        if (row.GetInt64("SchemaVersion") is not SchemaVersion)
        {
            throw new InvalidDataException($"The row {row.Address} is not a saga of schema {SchemaVersion} but of '{row.GetInt64("SchemaVersion")?.ToString(CultureInfo.InvariantCulture) ?? "none"}': run a version of this library that knows it.");
        }

        try
        {
            return new SagaRow(
                JsonSerializer.Deserialize(BodyCodec.Decode(row), SagaJsonContext.Default.SagaSnapshot)!,
                row.GetString("Owner"),
                row.GetInt64("Epoch") ?? 0,
                row.GetDateTimeOffset("LeaseUntil") ?? DateTimeOffset.UnixEpoch);
        }
        catch (Exception exception) when (exception is InvalidCastException or JsonException)
        {
            throw new InvalidDataException($"The row {row.Address} is not a readable saga: {exception.Message}", exception);
        }
    }
}
