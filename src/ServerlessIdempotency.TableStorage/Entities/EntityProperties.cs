using System.Reflection;
using System.Runtime.Serialization;
using Azure.Data.Tables;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage.Entities;

/// <summary>The columns of an entity, by its properties. The SDK maps entity classes by reflection too, and offers no other way in.</summary>
internal static class EntityProperties
{
    public static Dictionary<string, object> Read(ITableEntity entity)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        if (entity is TableEntity dynamic)
        {
            foreach (var (column, value) in dynamic)
            {
                Add(values, column, value);
            }

            return values;
        }

        foreach (var property in Mapped(entity.GetType()))
        {
            Add(values, ColumnOf(property), property.GetValue(entity));
        }

        return values;
    }

    public static void Write(ITableEntity entity, Row row)
    {
        if (entity is TableEntity dynamic)
        {
            foreach (var (column, value) in row.Values)
            {
                dynamic[column] = value;
            }

            return;
        }

        foreach (var property in Mapped(entity.GetType()))
        {
            if (property.CanWrite && row.Values.TryGetValue(ColumnOf(property), out var value))
            {
                property.SetValue(entity, FromColumn(row, property, value));
            }
        }
    }

    private static void Add(Dictionary<string, object> values, string column, object? value)
    {
        if (value is not null && !EntityMapping.IsSystem(column))
        {
            values[column] = ToColumn(value);
        }
    }

    // What is left over is checked with the row's other limits, where the row and the column can be named.
    private static object ToColumn(object value) => value switch
    {
        Enum name => name.ToString(),
        DateTime { Kind: DateTimeKind.Utc } moment => new DateTimeOffset(moment),
        BinaryData binary => binary.ToArray(),
        _ => value,
    };

    private static object FromColumn(Row row, PropertyInfo property, object value)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return value switch
        {
            _ when type.IsInstanceOfType(value) => value,
            string name when type.IsEnum => Enum.Parse(type, name),
            DateTimeOffset moment when type == typeof(DateTime) => moment.UtcDateTime,
            byte[] bytes when type == typeof(BinaryData) => BinaryData.FromBytes(bytes),
            int number when type == typeof(long) => (long)number,
            int number when type == typeof(double) => (double)number,
            _ => throw new InvalidCastException($"The column '{ColumnOf(property)}' of {row.Address} is a {value.GetType().Name}, and the property {property.DeclaringType?.Name}.{property.Name} a {type.Name}: change the property's type."),
        };
    }

    private static IEnumerable<PropertyInfo> Mapped(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanRead
                && property.GetIndexParameters().Length == 0
                && property.Name is not nameof(ITableEntity.ETag)
                && !EntityMapping.IsSystem(property.Name)
                && property.GetCustomAttribute<IgnoreDataMemberAttribute>() is null);

    private static string ColumnOf(PropertyInfo property) => property.GetCustomAttribute<DataMemberAttribute>()?.Name ?? property.Name;
}
