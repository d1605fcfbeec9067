using System.Globalization;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Outbox;

/// <summary>An unsent message as a row of its operation's partition, and back. It has no expiry: only sending removes it.</summary>
internal sealed class OutboxRow
{
    /// <summary>A transaction has 100 actions, and one of them is the record's or the processed event's.</summary>
    public const int MaxMessages = 99;

    // Service Bus takes ids of at most 128 characters.
    private const int MaxIdLength = 128;

    // A text column of Table Storage holds 32,768 UTF-16 characters.
    private const int MaxTextLength = 32_000;

    private const string Parked = "Parked";

    private OutboxRow(Row row)
    {
        Row = row;
        var key = row.Address.RowKey;
        OperationHash = key.LastIndexOf('|') is var end && end > RowKeyPrefixes.Outbox.Length ? key[RowKeyPrefixes.Outbox.Length..end] : key;
    }

    public Row Row { get; }

    public string OperationHash { get; }

    public OutboundMessage? Message { get; private init; }

    /// <summary>The session whose order the message keeps, with its queue; null where it has none.</summary>
    public string? Session => Message?.SessionId is { } session ? $"{Message.Queue}\n{session}" : null;

    /// <summary>Why the row can't be read as a message; null where it can.</summary>
    public string? Fault { get; private init; }

    // Read leniently, since a row that is no message must still be told from the others.
    public bool IsParked => Value("State") is Parked;

    public int Attempts => Value("Attempts") switch { int number => number, long number => (int)number, _ => 0 };

    public DateTimeOffset CommittedAt => Value("CommittedAt") is DateTimeOffset moment ? moment : DateTimeOffset.MinValue;

    public DateTimeOffset? NextAttemptAt => Value("NextAttemptAt") as DateTimeOffset?;

    public string? LastError => Value("LastError") as string;

    public static string PrefixOf(string operationHash) => $"{RowKeyPrefixes.Outbox}{operationHash}|";

    public static RowWrite ToWrite(string operationHash, int ordinal, OutboxMessage message, DateTimeOffset now, string? app = null)
    {
        Check(message);
        var place = ordinal.ToString("D4", CultureInfo.InvariantCulture);
        var values = new Dictionary<string, object>
        {
            ["State"] = "Pending",
            ["Queue"] = message.Queue,
            ["MessageId"] = message.MessageId ?? Keys.OperationHash.ComputeText("message", operationHash, place),
            ["ContentType"] = message.ContentType,
            ["CommittedAt"] = now,
            [AppNames.Column] = app ?? "",
        };
        Set("SessionId", message.SessionId);
        Set("Subject", message.Subject);
        Set("CorrelationId", message.CorrelationId);
        if (message.NotBefore is { } notBefore)
        {
            values["NotBefore"] = notBefore.ToUniversalTime();
        }

        if (HeadersCodec.Encode([.. message.Properties]) is { } properties)
        {
            CheckLength("properties", properties, MaxTextLength);
            values["Properties"] = properties;
        }

        BodyCodec.Encode(message.Body, values);
        return RowWrite.Insert(PrefixOf(operationHash) + place, values);

        void Set(string column, string? value)
        {
            if (value is not null)
            {
                values[column] = value;
            }
        }
    }

    public static OutboxRow FromRow(Row row)
    {
        try
        {
            return new OutboxRow(row)
            {
                Message = new OutboundMessage(Required("Queue"), Required("MessageId"), BodyCodec.Decode(row))
                {
                    SessionId = row.GetString("SessionId"),
                    ContentType = Required("ContentType"),
                    Subject = row.GetString("Subject"),
                    CorrelationId = row.GetString("CorrelationId"),
                    NotBefore = row.GetDateTimeOffset("NotBefore"),
                    Properties = HeadersCodec.Decode(row.GetString("Properties")).ToDictionary(),
                },
            };
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidCastException or System.Text.Json.JsonException or ArgumentException or IndexOutOfRangeException)
        {
            // Somebody else's row, or a later version's: it must be seen, and it must not stop the others.
            return new OutboxRow(row) { Fault = $"The row is not a readable message: {exception.Message}" };
        }

        string Required(string column) => row.GetString(column) ?? throw new InvalidDataException($"the column {column} is missing.");
    }

    public Dictionary<string, object> AfterFailure(string error, DateTimeOffset nextAttemptAt) => new(Row.Values)
    {
        ["Attempts"] = Attempts + 1,
        ["NextAttemptAt"] = nextAttemptAt,
        ["LastError"] = Shorten(error),
    };

    public Dictionary<string, object> ToParked(string error, DateTimeOffset now) => new(Row.Values)
    {
        ["State"] = Parked,
        ["Attempts"] = Attempts + 1,
        ["ParkedAt"] = now,
        ["LastError"] = Shorten(error),
    };

    public Dictionary<string, object> ToPending()
    {
        var values = new Dictionary<string, object>(Row.Values) { ["State"] = "Pending", ["Attempts"] = 0 };
        values.Remove("NextAttemptAt");
        values.Remove("ParkedAt");
        return values;
    }

    private object? Value(string column) => Row.Values.GetValueOrDefault(column);

    private static void Check(OutboxMessage message)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(message.Queue, "queue");
        if (OutboundSize.Of(message) is var size && size > OutboundSize.Max)
        {
            throw new ArgumentException(
                $"A message to {message.Queue} has {size:N0} bytes with its properties and what frames them, {message.Body.Length:N0} of them its body; at most {OutboundSize.Max:N0} can be sent. Send a link to the content instead of the content.");
        }

        CheckLength("MessageId", message.MessageId, MaxIdLength);
        CheckLength("SessionId", message.SessionId, MaxIdLength);
        CheckLength("Subject", message.Subject, MaxTextLength);
        CheckLength("CorrelationId", message.CorrelationId, MaxTextLength);
        CheckLength("ContentType", message.ContentType, MaxTextLength);
        if (message.MessageId is "")
        {
            throw new ArgumentException($"A message to {message.Queue} has an empty MessageId: leave it null for one that derives from the operation.");
        }
    }

    private static void CheckLength(string name, string? text, int most)
    {
        if (text?.Length > most)
        {
            throw new ArgumentException($"A message's {name} has {text.Length:N0} characters; at most {most:N0} can be sent.");
        }
    }

    private static string Shorten(string error) => StorableText.Shorten(error, 2_000);
}
