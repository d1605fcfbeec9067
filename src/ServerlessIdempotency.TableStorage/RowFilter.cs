using Azure.Data.Tables;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Rows.Limits;

namespace ServerlessIdempotency.TableStorage;

/// <summary>OData filters. See https://learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities.</summary>
internal static class RowFilter
{
    /// <summary>Rows of a partition by the start of their keys, as a range, which the service reads without a scan.</summary>
    public static string For(RowQuery query)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {query.Partition.PartitionKey}");
        var from = query.RowKeyFrom is { } start && string.CompareOrdinal(start, query.RowKeyPrefix) > 0 ? start : query.RowKeyPrefix;
        if (from.Length > 0)
        {
            filter += " and " + TableClient.CreateQueryFilter($"RowKey ge {from}");
        }

        if (FirstKeyAfter(query.RowKeyPrefix) is { } end)
        {
            filter += " and " + TableClient.CreateQueryFilter($"RowKey lt {end}");
        }

        return filter;
    }

    public static string ExpiredBefore(DateTimeOffset before) =>
        RowColumns.ExpiresAt + TableClient.CreateQueryFilter($" lt {before.ToUniversalTime()}");

    public static string InProgressBefore(DateTimeOffset before) => TableClient.CreateQueryFilter($"State eq 'InProgress' and StartedAt lt {before.ToUniversalTime()}");

    /// <summary>
    /// The least key behind all keys that start with a prefix; null where there is none. Characters that no key can contain are passed over,
    /// and at those from U+D7FF on (the next would be half a surrogate pair) the range is widened: what it lists too much is filtered out by the caller.
    /// </summary>
    public static string? FirstKeyAfter(string prefix)
    {
        for (var length = prefix.Length; length > 0; length--)
        {
            if (prefix[length - 1] < '\uD7FF')
            {
                var next = (char)(prefix[length - 1] + 1);
                while (TableLimits.IsForbiddenInKeys(next))
                {
                    next++;
                }

                return string.Concat(prefix.AsSpan(0, length - 1), next.ToString());
            }
        }

        return null;
    }
}
