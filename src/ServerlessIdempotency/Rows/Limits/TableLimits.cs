namespace ServerlessIdempotency.Rows.Limits;

/// <summary>
/// The documented limits of Table Storage, checked before anything is sent: Azurite accepts what the service refuses, so a fault would show in
/// production only. The store in memory keeps the same, so that a test on it finds what would not be stored. https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model and
/// https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions.
/// </summary>
internal static class TableLimits
{
    /// <summary>64 KiB of UTF-16.</summary>
    public const int StringCharacters = 32 * 1024;

    public const int BinaryBytes = 64 * 1024;

    public const int EntityBytes = 1024 * 1024;

    /// <summary>255, of which PartitionKey, RowKey and Timestamp are the system's.</summary>
    public const int Columns = 252;

    public const int ColumnNameCharacters = 255;

    /// <summary>1 KiB; read as UTF-16, as the limits of strings are, which is the stricter reading.</summary>
    public const int KeyCharacters = 512;

    public const int TransactionWrites = 100;

    public const int TransactionBytes = 4 * 1024 * 1024;

    /// <summary>The earliest moment that the service stores.</summary>
    public static readonly DateTimeOffset EarliestMoment = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void CheckTable(string table)
    {
        if (!TableName.IsValid(table))
        {
            throw new ArgumentException($"'{table}' is no table name: use 3 to 63 letters and digits of ASCII that start with a letter; 'tables' is reserved.");
        }
    }

    public static void CheckAddress(RowAddress address)
    {
        CheckKey("partition key", address.PartitionKey);
        CheckKey("row key", address.RowKey);
    }

    public static void CheckQuery(RowQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        CheckKey("partition key", query.Partition.PartitionKey);
        CheckKey("row key prefix", query.RowKeyPrefix);
        ArgumentOutOfRangeException.ThrowIfNegative(query.Take ?? 0, nameof(query));
    }

    public static void CheckKey(string what, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length > KeyCharacters)
        {
            throw new ArgumentException($"The {what} '{key[..40]}…' has {key.Length} characters: keys are limited to 1 KiB, {KeyCharacters} characters of UTF-16. Hash what users send.");
        }

        foreach (var character in key)
        {
            if (IsForbiddenInKeys(character))
            {
                throw new ArgumentException($"The {what} '{key}' contains the character U+{(int)character:X4}: keys may not contain / \\ # ? or control characters. Hash or escape what users send.");
            }
        }

        CheckSurrogates($"The {what} '{key}'", key);
    }

    /// <summary>What the service refuses in a key.</summary>
    public static bool IsForbiddenInKeys(char character) => character is '/' or '\\' or '#' or '?' || char.IsControl(character);

    public static void CheckTransaction(RowTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var writes = transaction.Writes;
        CheckKey("partition key", transaction.Partition.PartitionKey);
        if (writes.Count is 0 or > TransactionWrites)
        {
            throw new ArgumentException($"The transaction on {transaction.Partition} has {writes.Count} writes: an entity group transaction takes 1 to {TransactionWrites}.");
        }

        var keys = new HashSet<string>(writes.Count, StringComparer.Ordinal);
        foreach (var write in writes)
        {
            CheckKey("row key", write.RowKey);
            if (!keys.Add(write.RowKey))
            {
                throw new ArgumentException($"The transaction on {transaction.Partition} writes the row '{write.RowKey}' twice: a transaction may write each row once.");
            }

            CheckWrite(transaction.Partition.Row(write.RowKey), write);
        }

        if (writes.Count > 1)
        {
            CheckPayload(transaction);
        }
    }

    private static void CheckWrite(RowAddress row, RowWrite write)
    {
        switch (write)
        {
            case RowWrite.InsertRow insert:
                CheckValues(row, insert.Values);
                break;
            case RowWrite.ReplaceRow replace:
                CheckETag(row, replace.ETag);
                CheckValues(row, replace.Values);
                break;
            case RowWrite.DeleteRow delete:
                CheckETag(row, delete.ETag);
                break;
            default:
                throw new NotSupportedException($"Unknown write {write.GetType().Name}.");
        }
    }

    private static void CheckETag(RowAddress row, string etag)
    {
        // '*' would match every version, and so switch the guard off.
        if (string.IsNullOrEmpty(etag) || etag == "*")
        {
            throw new ArgumentException($"The write to {row} carries the ETag '{etag}': give the ETag of the version that was read.");
        }
    }

    private static void CheckValues(RowAddress row, IReadOnlyDictionary<string, object> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count > Columns)
        {
            throw new ArgumentException($"The row {row} has {values.Count} columns: an entity takes {Columns}.");
        }

        foreach (var (column, value) in values)
        {
            ColumnNames.Check(row, column);
            CheckValue(row, column, value);
        }

        var size = EntitySize.Of(row, values);
        if (size > EntityBytes)
        {
            var largest = values.MaxBy(value => EntitySize.OfValue(value.Value));
            throw new ArgumentException($"The row {row} takes {size} bytes: an entity is limited to {EntityBytes} (1 MiB), names and keys included. Its largest column is '{largest.Key}' with {EntitySize.OfValue(largest.Value)} bytes.");
        }
    }

    private static void CheckValue(RowAddress row, string column, object? value)
    {
        switch (value)
        {
            case string { Length: > StringCharacters } text:
                throw new ArgumentException($"The column '{column}' of {row} has {text.Length} characters: a string is limited to {StringCharacters} (64 KiB of UTF-16). Split it over several columns.");
            case string text:
                CheckSurrogates($"The column '{column}' of {row}", text);
                break;
            case byte[] { Length: > BinaryBytes } bytes:
                throw new ArgumentException($"The column '{column}' of {row} has {bytes.Length} bytes: binary is limited to {BinaryBytes} (64 KiB). Split it over several columns.");
            case DateTimeOffset moment when moment < EarliestMoment:
                throw new ArgumentException($"The column '{column}' of {row} is {moment:O}: the earliest moment that Table Storage keeps is {EarliestMoment:O}.");
            case double number when !double.IsFinite(number):
                throw new ArgumentException($"The column '{column}' of {row} is {number}: Table Storage keeps finite numbers only.");
            case int or long or double or bool or Guid or byte[] or DateTimeOffset:
                break;
            case null:
                throw new ArgumentException($"The column '{column}' of {row} is null: leave the column out.");
            case DateTime:
                throw new ArgumentException($"The column '{column}' of {row} is a DateTime, whose time zone is unclear: use a DateTimeOffset.");
            case decimal:
                throw new ArgumentException($"The column '{column}' of {row} is a decimal, which Table Storage would keep as an inexact double: use a long in the smallest unit, or a string.");
            case Enum:
                throw new ArgumentException($"The column '{column}' of {row} is the enum {value.GetType().Name}: use its name or its number.");
            default:
                throw new ArgumentException($"The column '{column}' of {row} is a {value.GetType().Name}: use string, int, long, double, bool, DateTimeOffset, Guid or byte[].");
        }
    }

    // A lone surrogate is no text: it can't be encoded and would come back as U+FFFD.
    private static void CheckSurrogates(string what, string text)
    {
        for (var rest = text.AsSpan(); rest.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var index; rest = rest[(index + 2)..])
        {
            if (index + 1 == rest.Length || !char.IsSurrogatePair(rest[index], rest[index + 1]))
            {
                throw new ArgumentException($"{what} contains half of a surrogate pair (U+{(int)rest[index]:X4}): it is no valid Unicode text.");
            }
        }
    }

    private static void CheckPayload(RowTransaction transaction)
    {
        // The upper bound is cheap and nearly always enough.
        if (PayloadSize.AtMost(transaction) > TransactionBytes && PayloadSize.Of(transaction) is > TransactionBytes and var size)
        {
            throw new ArgumentException($"The transaction on {transaction.Partition} takes about {size} bytes: the payload of an entity group transaction is limited to {TransactionBytes} (4 MiB).");
        }
    }
}
