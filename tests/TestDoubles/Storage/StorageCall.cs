using System.Globalization;
using Azure.Core;

namespace TestDoubles.Storage;

/// <summary>One call to Table Storage as it goes over the wire; a repetition by the SDK is a call of its own.</summary>
/// <param name="Operation">What it asks for.</param>
/// <param name="Path">The path of the request, account and table included.</param>
/// <param name="Status">The HTTP status of the answer; null where none came.</param>
public sealed record StorageCall(StorageOperation Operation, string Path, int? Status)
{
    /// <summary>What is sent, as text: the entity, or the parts of a transaction. Only a proxy reads it.</summary>
    public string Content { get; init; } = "";

    /// <summary>Whether the call changes rows.</summary>
    public bool IsWrite => Operation is StorageOperation.Insert or StorageOperation.Update or StorageOperation.Delete or StorageOperation.Transaction;

    /// <summary>Whether the call goes to a table; a transaction names it in each of its parts.</summary>
    public bool IsTo(string table) => Operation == StorageOperation.Transaction
        ? Content.Contains($"/{table}(", StringComparison.Ordinal) || Content.Contains($"/{table}?", StringComparison.Ordinal)
        : $"{Path}(".Contains($"/{table}(", StringComparison.Ordinal);

    /// <summary>Whether the call sends a row whose key begins with this.</summary>
    public bool HasRow(string prefix) => Content.Contains($"\"RowKey\":\"{prefix}", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => $"{Operation} {Path} → {Status?.ToString(CultureInfo.InvariantCulture) ?? "no answer"}";

    internal static StorageCall Of(Request request) => Of(request.Method, request.Uri.ToUri().AbsolutePath);

    internal static StorageCall Of(RequestMethod method, string path) =>
        new(OperationOf(method, path[(path.LastIndexOf('/') + 1)..]), path, Status: null);

    private static StorageOperation OperationOf(RequestMethod method, string resource)
    {
        if (resource == "$batch")
        {
            return StorageOperation.Transaction;
        }

        if (resource == "Tables" || resource.StartsWith("Tables(", StringComparison.Ordinal))
        {
            return StorageOperation.Table;
        }

        if (method == RequestMethod.Get)
        {
            // Table(PartitionKey='…',RowKey='…') is a row, Table() a query.
            return resource.EndsWith("()", StringComparison.Ordinal) ? StorageOperation.Query : StorageOperation.Read;
        }

        return method == RequestMethod.Post ? StorageOperation.Insert : method == RequestMethod.Delete ? StorageOperation.Delete : StorageOperation.Update;
    }
}
