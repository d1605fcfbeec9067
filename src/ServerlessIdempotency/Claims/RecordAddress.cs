using System.Buffers.Text;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Claims;

/// <summary>Where the record of an operation lives. Whatever the user wrote is hashed, so no key or principal can break out of its place.</summary>
internal static class RecordAddress
{
    public static RowAddress Of(Operation operation, string table) => Of(operation.Scope, operation.Key, operation.Placement, table);

    public static RowAddress Of(OperationScope scope, IdempotencyKey key, RecordPlacement placement, string table)
    {
        var name = OperationHash.Compute("record", scope.Principal, scope.Operation, key.Value);
        var rowKey = RowKeyPrefixes.Record + Base64Url.EncodeToString(name);
        return placement.Partition is { } partition
            ? partition.Row(rowKey)
            : new RowAddress(table, $"{Base64Url.EncodeToString(scope.Hash())}~{name[0]:x2}", rowKey);
    }
}
