using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Requests;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.AspNetCore.Execution;

/// <summary>One request to be executed.</summary>
/// <param name="Request">The request.</param>
/// <param name="Options">The settings that hold for it.</param>
/// <param name="Operation">What its endpoint said.</param>
/// <param name="Key">Its key.</param>
/// <param name="IsClientsKey">False where the client sent none and the key is random.</param>
internal sealed record HttpExecution(HttpRequest Request, HttpIdempotencyOptions Options, HttpOperation Operation, IdempotencyKey Key, bool IsClientsKey)
{
    /// <exception cref="Fingerprints.CanonicalJsonException">The body says that it is JSON and is not, or has a member twice.</exception>
    public Operation Describe(ReadOnlyMemory<byte> body) => new()
    {
        Scope = Operation.Scope ?? new OperationScope(
            Options.Principal(Request.HttpContext),
            Operation.Name ?? $"{Request.Method.ToUpperInvariant()} {RequestFingerprint.PathOf(Request)}"),
        Key = Key,
        Fingerprint = Operation.Fingerprint?.Invoke(body) ?? RequestFingerprint.Of(Request, body),
        Placement = Operation.Placement?.Invoke(Key) ?? RecordPlacement.OnItsOwn,
        SendsMessages = Operation.SendsMessages,
        LikelyRetry = IsClientsKey && (Operation.LikelyRetry ?? Options.LikelyRetry(Request.HttpContext)),
        Wait = IsClientsKey ? TimeSpan.FromSeconds(PreferHeader.ReadWait(Request, Options.MaxWait)) : TimeSpan.Zero,
        Lease = Operation.Lease,
        Retention = Operation.Retention,
    };
}
