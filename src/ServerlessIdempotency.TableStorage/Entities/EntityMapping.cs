using Azure;
using Azure.Data.Tables;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage.Entities;

/// <summary>Rows of the port to and from entities of the SDK.</summary>
internal static class EntityMapping
{
    /// <summary>Whether a property is the service's own and so no column of a row.</summary>
    public static bool IsSystem(string property) =>
        property is "PartitionKey" or "RowKey" or "Timestamp" || property.StartsWith("odata.", StringComparison.Ordinal);

    public static TableEntity ToEntity(string partitionKey, string rowKey, IReadOnlyDictionary<string, object> values)
    {
        var entity = new TableEntity(partitionKey, rowKey);
        foreach (var (column, value) in values)
        {
            entity[column] = value is DateTimeOffset moment ? moment.ToUniversalTime() : value;
        }

        return entity;
    }

    public static Row ToRow(string table, TableEntity entity)
    {
        var values = new Dictionary<string, object>(entity.Count, StringComparer.Ordinal);
        foreach (var (column, value) in entity)
        {
            if (value is not null && !IsSystem(column))
            {
                values[column] = value;
            }
        }

        return new Row(new RowAddress(table, entity.PartitionKey, entity.RowKey), entity.ETag.ToString(), values);
    }

    public static TableTransactionAction ToAction(string partitionKey, RowWrite write) => write switch
    {
        RowWrite.InsertRow insert => new(TableTransactionActionType.Add, ToEntity(partitionKey, insert.RowKey, insert.Values)),

        // The action ignores the entity's own ETag: without the argument the guard would be off.
        RowWrite.ReplaceRow replace => new(TableTransactionActionType.UpdateReplace, ToEntity(partitionKey, replace.RowKey, replace.Values), new ETag(replace.ETag)),
        RowWrite.DeleteRow delete => new(TableTransactionActionType.Delete, new TableEntity(partitionKey, delete.RowKey), new ETag(delete.ETag)),
        _ => throw new NotSupportedException($"Unknown write {write.GetType().Name}."),
    };
}
