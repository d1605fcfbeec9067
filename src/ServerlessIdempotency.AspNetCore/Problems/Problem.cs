using System.Globalization;

namespace ServerlessIdempotency.AspNetCore.Problems;

/// <summary>An answer of the contract that is not the handler's.</summary>
/// <param name="Name">The last segment of its type.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What it is, the same each time.</param>
/// <param name="Detail">What the client can do.</param>
internal sealed record Problem(string Name, int Status, string Title, string Detail)
{
    /// <summary>When to try again, rounded up to whole seconds, at least one.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The wait that was granted, in seconds.</summary>
    public int? GrantedWait { get; init; }

    public static Problem Mismatch { get; } = new(
        IdempotencyProblemTypes.KeyReused,
        422,
        "The idempotency key was used with another request.",
        "Send the same request again to get its result, or send this request with a fresh key. Nothing was executed.");

    public static Problem PrincipalUnknown { get; } = new(
        IdempotencyProblemTypes.PrincipalUnknown,
        403,
        "The caller can't be told from others.",
        "Authenticate with a token that says who you are (a claim sub, oid, client_id, azp, appid or name): an idempotency key belongs to one caller. Nothing was executed.");

    public static Problem OutcomeUnknown { get; } = new(
        IdempotencyProblemTypes.OutcomeUnknown,
        409,
        "Whether the request had its effect is not known.",
        "An attempt with this key ended without an answer, and it is not repeated until somebody has looked into it. Ask the operator of this service, and send the same request with the same key again later to get its result; do not send it with a fresh key, or it may be done twice.");

    public static Problem KeyMissing(string header, string? field) => new(
        IdempotencyProblemTypes.KeyMissing,
        400,
        field is null ? $"The {header} header is missing." : "The idempotency key is missing.",
        $"Send {(field is null ? $"an {header} header" : $"a header {header} or a field {field} of the JSON body")} with a fresh key, for example a UUID, and send the same key again with every retry of this request.");

    public static Problem KeyInvalid(string header, string fault) =>
        new(IdempotencyProblemTypes.KeyInvalid, 400, $"The {header} header is malformed.", fault);

    public static Problem KeyFieldInvalid(string field, string fault) =>
        new(IdempotencyProblemTypes.KeyInvalid, 400, $"The key in {field} is malformed.", fault);

    public static Problem KeysDiffer(string header, string field) => new(
        IdempotencyProblemTypes.KeyInvalid,
        400,
        "The request names two idempotency keys.",
        $"The header {header} and the field {field} of the body name different keys: send one of them, or the same key in both.");

    public static Problem InProgress(TimeSpan retryAfter, int? grantedWait) => new(
        IdempotencyProblemTypes.KeyInProgress,
        409,
        "A request with this idempotency key is still in progress.",
        "Send the same request with the same key again after the time in Retry-After, or add 'Prefer: wait=10' to wait for the result.")
    {
        RetryAfter = retryAfter,
        GrantedWait = grantedWait,
    };

    public static Problem TimedOut(TimeSpan limit, bool isOutcomeUnknown) => new(
        IdempotencyProblemTypes.ExecutionTimedOut,
        504,
        "The request took longer than it may.",
        string.Create(CultureInfo.InvariantCulture, $"It was stopped after {limit.TotalSeconds:0.###} s and no result is stored. ") + (isOutcomeUnknown
            ? "Whether it had its effect is not known, and it is not repeated until somebody has looked into it: ask the operator of this service, and do not send it with a fresh key."
            : "Send the same request with the same key again after the time in Retry-After: what it has recorded is not done twice."))
    {
        RetryAfter = isOutcomeUnknown ? null : TimeSpan.FromSeconds(1),
    };

    public static Problem Unavailable(bool handlerRan, TimeSpan retryAfter) => new(
        IdempotencyProblemTypes.StoreUnavailable,
        503,
        "The store of idempotency records does not answer.",
        handlerRan
            ? "Whether the request was committed is not known. Send it with the same key again after the time in Retry-After: it is not applied twice."
            : "Nothing was executed. Send the same request with the same key again after the time in Retry-After.")
    {
        RetryAfter = retryAfter,
    };

    public static Problem Contended(TimeSpan retryAfter) => new(
        IdempotencyProblemTypes.Contended,
        503,
        "Other requests kept changing the same data.",
        "Nothing was stored. Send the same request with the same key again after the time in Retry-After.")
    {
        RetryAfter = retryAfter,
    };

    public static Problem BodyTooLarge(int limit) => new(
        IdempotencyProblemTypes.BodyTooLarge,
        413,
        "The request's body is too large.",
        string.Create(CultureInfo.InvariantCulture, $"Send at most {limit} bytes."));

    public static Problem BodyInvalid(string fault) =>
        new(IdempotencyProblemTypes.BodyInvalid, 400, "The request's body is not the JSON that its content type says.", fault);
}
