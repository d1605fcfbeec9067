namespace ServerlessIdempotency.Records;

/// <summary>
/// What of a result can be stored. The handler has run by then, so a result that is too large is no failure, which would run it again, but a tombstone: the operation is
/// done, its status and headers are kept and its body is left out (law 14).
/// </summary>
internal static class ResultLimits
{
    /// <summary>Beyond this no body is tried, however well it might be compressed: each replay needs the whole of it in memory.</summary>
    public const int MaxBodyLength = 8 * 1024 * 1024;

    /// <summary>A text column of Table Storage has at most 32 Ki characters.</summary>
    private const int MaxHeadersLength = 30_000;

    public static OperationResult Apply(OperationResult result)
    {
        if (result.Headers.Count > 0 && HeadersCodec.Encode(result.Headers).Length > MaxHeadersLength)
        {
            return Omit(result) with { Headers = WithoutLongest(result.Headers) };
        }

        return result.OmittedBodyLength is not null || BodyCodec.Fits(result.Body) ? result : Omit(result);
    }

    private static OperationResult Omit(OperationResult result) => result with { Body = default, OmittedBodyLength = result.OmittedBodyLength ?? result.Body.Length };

    private static List<KeyValuePair<string, string>> WithoutLongest(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var kept = headers.ToList();
        while (HeadersCodec.Encode(kept).Length > MaxHeadersLength)
        {
            kept.Remove(kept.MaxBy(header => header.Key.Length + header.Value.Length));
        }

        return kept;
    }
}
