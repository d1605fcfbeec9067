namespace ServerlessIdempotency.Rows.Limits;

/// <summary>
/// How many of the 1 MiB an entity takes, by the service's formula: 4 bytes, two a character of the keys, and for each property 8 bytes,
/// two a character of its name, and its value. Source: the storage team's "Understanding Windows Azure Storage Billing".
/// </summary>
internal static class EntitySize
{
    public static long Of(RowAddress row, IReadOnlyDictionary<string, object> values)
    {
        long size = 4 + ((row.PartitionKey.Length + row.RowKey.Length) * 2);
        foreach (var (column, value) in values)
        {
            size += 8 + (column.Length * 2) + OfValue(value);
        }

        return size;
    }

    public static int OfValue(object value) => value switch
    {
        string text => (text.Length * 2) + 4,
        byte[] bytes => bytes.Length + 4,
        Guid => 16,
        long or double or DateTimeOffset => 8,
        int => 4,
        bool => 1,
        _ => 0,
    };
}
