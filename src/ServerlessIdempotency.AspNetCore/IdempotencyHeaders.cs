namespace ServerlessIdempotency.AspNetCore;

/// <summary>The headers of the HTTP contract.</summary>
public static class IdempotencyHeaders
{
    /// <summary>Request: the client's name for the operation (<c>draft-ietf-httpapi-idempotency-key-header</c>).</summary>
    public const string Key = "Idempotency-Key";

    /// <summary>Request: which attempt of the operation this is, from 1. Above 1 the record is read first, which spares a refused insert. Correct either way.</summary>
    public const string Attempt = "Idempotency-Attempt";

    /// <summary>Response: until when the answer is replayed, as an IMF-fixdate of RFC 9110, section 5.6.7 (<c>Tue, 24 Nov 2026 14:00:00 GMT</c>).</summary>
    public const string Expires = "Idempotency-Expires";

    /// <summary>Response: <c>true</c> where the answer is the stored one of an earlier call.</summary>
    public const string Replayed = "Idempotency-Replayed";

    /// <summary>
    /// Response: the size in bytes of the body that is left out because it was too large to be stored. The operation is done; status and headers (<c>Location</c>) are those of its
    /// answer.
    /// </summary>
    public const string BodyOmitted = "Idempotency-Body-Omitted";

    /// <summary>Request: <c>wait=N</c> asks to wait up to N seconds for an execution that is in progress (RFC 7240).</summary>
    public const string Prefer = "Prefer";

    /// <summary>Response: the wait that was granted, where the answer depended on it (RFC 7240, section 3).</summary>
    public const string PreferenceApplied = "Preference-Applied";
}
