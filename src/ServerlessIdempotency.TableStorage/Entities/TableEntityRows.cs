using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Data.Tables;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage.Entities;

/// <summary>
/// Your own entities as rows, so that they can be committed together with an operation's record, and rows as your entities. Properties map
/// as in the SDK: <c>[IgnoreDataMember]</c> leaves one out, <c>[DataMember(Name = …)]</c> renames it, an enum is kept by its name.
/// </summary>
/// <remarks>The partition is that of the operation: an entity's <see cref="ITableEntity.PartitionKey"/> must be empty or the same.</remarks>
public static class TableEntityRows
{
    /// <summary>An entity that must not exist yet.</summary>
    /// <param name="partition">The partition of the transaction.</param>
    /// <param name="entity">The entity.</param>
    /// <exception cref="ArgumentException">The entity belongs to another partition.</exception>
    public static RowWrite Insert(PartitionAddress partition, ITableEntity entity)
    {
        Check(partition, entity);
        return RowWrite.Insert(entity.RowKey, EntityProperties.Read(entity));
    }

    /// <summary>An entity that replaces the version it was read with: its <see cref="ITableEntity.ETag"/> is the guard.</summary>
    /// <param name="partition">The partition of the transaction.</param>
    /// <param name="entity">The entity, with the ETag it was read with.</param>
    /// <exception cref="ArgumentException">The entity has no ETag or belongs to another partition.</exception>
    public static RowWrite Replace(PartitionAddress partition, ITableEntity entity)
    {
        Check(partition, entity);
        return RowWrite.Replace(entity.RowKey, EntityProperties.Read(entity), GuardOf(entity));
    }

    /// <summary>An entity that is deleted in the version it was read with: its <see cref="ITableEntity.ETag"/> is the guard.</summary>
    /// <param name="partition">The partition of the transaction.</param>
    /// <param name="entity">The entity, with the ETag it was read with.</param>
    /// <exception cref="ArgumentException">The entity has no ETag or belongs to another partition.</exception>
    public static RowWrite Delete(PartitionAddress partition, ITableEntity entity)
    {
        Check(partition, entity);
        return RowWrite.Delete(entity.RowKey, GuardOf(entity));
    }

    /// <summary>A row as the SDK's own entity.</summary>
    public static TableEntity ToEntity(Row row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var entity = EntityMapping.ToEntity(row.Address.PartitionKey, row.Address.RowKey, row.Values);
        entity.ETag = new ETag(row.ETag);
        return entity;
    }

    /// <summary>A row as an entity of yours. Columns without a property are left out; properties without a column keep their default.</summary>
    public static T ToEntity<T>(Row row)
        where T : class, ITableEntity, new()
    {
        ArgumentNullException.ThrowIfNull(row);
        var entity = new T { PartitionKey = row.Address.PartitionKey, RowKey = row.Address.RowKey, ETag = new ETag(row.ETag) };
        EntityProperties.Write(entity, row);
        return entity;
    }

    private static void Check(PartitionAddress partition, [NotNull] ITableEntity? entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        if (entity.RowKey is null)
        {
            throw new ArgumentException("The entity has no RowKey.", nameof(entity));
        }

        if (!string.IsNullOrEmpty(entity.PartitionKey) && entity.PartitionKey != partition.PartitionKey)
        {
            throw new ArgumentException($"The entity '{entity.RowKey}' belongs to the partition '{entity.PartitionKey}', but the transaction is on {partition}: rows of one transaction share a partition.", nameof(entity));
        }
    }

    private static string GuardOf(ITableEntity entity) =>
        entity.ETag == default || entity.ETag == ETag.All
            ? throw new ArgumentException($"The entity '{entity.RowKey}' carries no ETag: read it first, so that the write is refused once it has changed.", nameof(entity))
            : entity.ETag.ToString();
}
