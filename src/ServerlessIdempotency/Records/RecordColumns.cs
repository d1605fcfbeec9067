using System.Globalization;
using System.Text.Json;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Records;

/// <summary>A record as columns of a row, and back.</summary>
internal static class RecordColumns
{
    /// <summary>
    /// The version of this layout. A version of the library reads its own and the one before, so that instances of both can run during a deployment of the later one; a row of a
    /// later layout is refused rather than misread.
    /// </summary>
    public const int SchemaVersion = 2;

    /// <summary>The layout before: no tombstones, no unknown outcomes, and columns whose names an app could have used itself.</summary>
    private const int Previous = 1;

    public static Dictionary<string, object> ToValues(IdempotencyRecord record)
    {
        var values = new Dictionary<string, object>
        {
            ["SchemaVersion"] = SchemaVersion,
            ["State"] = record.State.ToString(),
            ["Fingerprint"] = record.Fingerprint.Value,
            ["Owner"] = record.Owner,
            ["Epoch"] = record.Epoch,
            ["LeaseUntil"] = record.LeaseUntil,
            ["StartedAt"] = record.StartedAt,
            ["ClaimedAt"] = record.ClaimedAt,
            ["RetentionSeconds"] = (long)Math.Ceiling(record.Retention.TotalSeconds),
        };

        // A row without the column never expires, for the purge of any version.
        if (record.ExpiresAt != IdempotencyRecord.Never)
        {
            values[RowColumns.ExpiresAt] = record.ExpiresAt;
        }

        if (record.Content is { } content)
        {
            values[RowColumns.Content] = content.Value;
        }

        if (record.CrashPolicy != CrashPolicy.Rerun)
        {
            values["CrashPolicy"] = record.CrashPolicy.ToString();
        }

        if (record.Reason is { } reason)
        {
            values["Reason"] = reason;
        }

        if (record.Origin is { } origin)
        {
            values["Operation"] = origin.Operation;
            values["PrincipalHash"] = origin.PrincipalHash;
            values["KeyEnd"] = origin.KeyEnd;
            values["Instance"] = origin.Instance;
        }

        if (record.Steps.Count > 0)
        {
            values["Steps"] = StepsCodec.Encode(record.Steps);
        }

        if (record.Result is { } result)
        {
            foreach (var (column, value) in record.ResultColumns ?? ResultLimits.Apply(result).Columns)
            {
                values[column] = value;
            }
        }

        return values;
    }

    /// <summary>Whether this version reads the row.</summary>
    public static bool IsReadable(Row row) => row.GetInt64("SchemaVersion") is SchemaVersion or Previous;

    public static IdempotencyRecord FromRow(Row row)
    {
        var version = row.GetInt64("SchemaVersion");
        if (version is not (SchemaVersion or Previous))
        {
            throw new InvalidDataException($"The row {row.Address} is not a record of schema {SchemaVersion} but of '{version?.ToString(CultureInfo.InvariantCulture) ?? "none"}': run a version of this library that knows it.");
        }

        try
        {
            var state = Named<RecordState>("state", Required<string>(row.GetString("State")));
            var policy = row.GetString("CrashPolicy") is { } name ? Named<CrashPolicy>("crash policy", name) : CrashPolicy.Rerun;
            var claimedAt = row.GetDateTimeOffset("ClaimedAt") ?? Required<DateTimeOffset>(row.GetDateTimeOffset("StartedAt"));
            var expiresAt = row.GetDateTimeOffset(version == Previous ? RowColumns.PreviousExpiresAt : RowColumns.ExpiresAt)
                ?? (policy != CrashPolicy.Rerun || state == RecordState.Unknown ? IdempotencyRecord.Never : Required<DateTimeOffset>(null));
            return new IdempotencyRecord
            {
                State = state,
                Fingerprint = new Fingerprint(Required<string>(row.GetString("Fingerprint"))),
                Content = row.GetString(RowColumns.Content) is { } content ? new Fingerprint(content) : null,
                Owner = Required<string>(row.GetString("Owner")),
                Epoch = Required<long>(row.GetInt64("Epoch")),
                LeaseUntil = Required<DateTimeOffset>(row.GetDateTimeOffset("LeaseUntil")),
                StartedAt = Required<DateTimeOffset>(row.GetDateTimeOffset("StartedAt")),

                // Rows of the layout before have neither of these.
                ClaimedAt = claimedAt,
                Retention = row.GetInt64("RetentionSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : expiresAt == IdempotencyRecord.Never ? IdempotencyOptions.DefaultRetention : expiresAt - claimedAt,
                ExpiresAt = expiresAt,
                CrashPolicy = policy,
                Reason = row.GetString("Reason"),
                Origin = row.GetString("Operation") is { } operation
                    ? new RecordOrigin(operation, row.GetString("PrincipalHash") ?? "", row.GetString("KeyEnd") ?? "", row.GetString("Instance") ?? "")
                    : null,
                Steps = StepsCodec.Decode(row.GetBinary("Steps")),
                Result = row.GetInt64("StatusCode") is { } status
                    ? new OperationResult((int)status, HeadersCodec.Decode(row.GetString("Headers")), state == RecordState.Tombstone ? default : BodyCodec.Decode(row).AsMemory())
                    {
                        OmittedBodyLength = state == RecordState.Tombstone ? row.GetInt64("BodyLength") : null,
                    }
                    : null,
            };
        }
        catch (Exception exception) when (exception is InvalidCastException or JsonException)
        {
            throw new InvalidDataException($"The row {row.Address} is not a readable record: {exception.Message}", exception);
        }

        // Not taken for another one: one of a later version may forbid what this one would do.
        T Named<T>(string what, string text)
            where T : struct, Enum => Enum.TryParse<T>(text, out var value) && Enum.GetName(value) == text
            ? value
            : throw new InvalidDataException($"The record {row.Address} has the {what} '{text}', which this version does not know: run a version of this library that knows it.");

        T Required<T>(object? value) => value is T present ? present : throw new InvalidDataException($"The row {row.Address} lacks a column of a record.");
    }
}
