namespace ServerlessIdempotency.Keys;

/// <summary>
/// Who and what a key belongs to. The same key in two scopes is two operations, so no principal ever meets another one's result (law 10).
/// </summary>
/// <param name="Principal">Who: the authenticated user, tenant or calling application. Empty only where every caller is trusted alike.</param>
/// <param name="Operation">What: by default HTTP method and path, or a consumer's name. Handlers that one operation reaches by several channels share a name.</param>
public sealed record OperationScope(string Principal, string Operation)
{
    internal byte[] Hash() => OperationHash.Compute("scope", Principal, Operation);
}
