using System.Buffers.Text;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Claims;

/// <summary>Where the record of an operation lives. Whatever the user wrote is hashed, so no key or principal can break out of its place.</summary>
internal static class RecordAddress
{
    public static RowAddress Of(Operation operation, string table)
    {
        var name = OperationHash.Compute("record", operation.Scope.Principal, operation.Scope.Operation, operation.Key.Value);
        var rowKey = RowKeyPrefixes.Record + Base64Url.EncodeToString(name);
        return operation.Placement.Partition is { } partition
            ? partition.Row(rowKey)
            : new RowAddress(table, $"{Base64Url.EncodeToString(operation.Scope.Hash())}~{name[0]:x2}", rowKey);
    }
}
