namespace ServerlessIdempotency.AspNetCore;

/// <summary>
/// The last segments of the <c>type</c> of every problem that this package answers with (RFC 9457). They follow <see cref="HttpIdempotencyOptions.ProblemTypeBase"/>
/// and do not change between versions.
/// </summary>
public static class IdempotencyProblemTypes
{
    /// <summary>The base of every type unless the app names its own: <c>https://serverless-idempotency.dev/problems/</c>. It identifies; nothing need answer there.</summary>
    public const string DefaultBase = "https://serverless-idempotency.dev/problems/";

    /// <summary>400: the endpoint requires a key and none was sent.</summary>
    public const string KeyMissing = "idempotency-key-missing";

    /// <summary>400: the key is malformed, or there are several.</summary>
    public const string KeyInvalid = "idempotency-key-invalid";

    /// <summary>422: the key was used with another request.</summary>
    public const string KeyReused = "idempotency-key-reused";

    /// <summary>403: the caller is authenticated, but nothing says who it is, so no key can be its own.</summary>
    public const string PrincipalUnknown = "idempotency-principal-unknown";

    /// <summary>409: the same operation is still in progress.</summary>
    public const string KeyInProgress = "idempotency-key-in-progress";

    /// <summary>409: an earlier execution ended without an answer, and the crash policy allows no other one until a person has decided.</summary>
    public const string OutcomeUnknown = "idempotency-outcome-unknown";

    /// <summary>504: the execution took as long as it may (<see cref="IdempotencyOptions.MaxExecution"/>) and was stopped.</summary>
    public const string ExecutionTimedOut = "idempotency-execution-timed-out";

    /// <summary>503: the store of records did not answer.</summary>
    public const string StoreUnavailable = "idempotency-store-unavailable";

    /// <summary>503: other operations kept changing the same rows.</summary>
    public const string Contended = "idempotency-contended";

    /// <summary>413: the body is larger than <see cref="HttpIdempotencyOptions.MaxBodyBytes"/>.</summary>
    public const string BodyTooLarge = "request-body-too-large";

    /// <summary>400: the key was looked for in a JSON body, and that is not JSON or has a member twice.</summary>
    public const string BodyInvalid = "request-body-invalid";
}
