using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.Records;

/// <summary>What people read of a record: whose it is and who works on it, without anybody's key or name.</summary>
/// <param name="Operation">The operation's name.</param>
/// <param name="PrincipalHash">The principal's hash, as far as tells principals apart.</param>
/// <param name="KeyEnd">The last four characters of the key.</param>
/// <param name="Instance">The instance whose claim it is.</param>
internal sealed record RecordOrigin(string Operation, string PrincipalHash, string KeyEnd, string Instance)
{
    private const int MaxOperationLength = 256;
    private const int HashLength = 16;

    public static RecordOrigin Of(Operation operation, string instance)
    {
        var (name, key) = (operation.Scope.Operation, operation.Key.Value);
        return new RecordOrigin(name.Length > MaxOperationLength ? name[..MaxOperationLength] : name, HashOf(operation.Scope.Principal), key[^Math.Min(4, key.Length)..], instance);
    }

    /// <summary>The hash by which a principal is known in the records.</summary>
    public static string HashOf(string principal) => OperationHash.ComputeText("principal", principal)[..HashLength];
}
