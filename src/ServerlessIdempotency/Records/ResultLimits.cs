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

    public static StoredResult Apply(OperationResult result)
    {
        var columns = new Dictionary<string, object> { ["StatusCode"] = result.StatusCode };
        var headers = HeadersCodec.Encode(result.Headers);
        if (headers?.Length > MaxHeadersLength)
        {
            result = Omit(result) with { Headers = WithoutLongest(result.Headers) };
            headers = HeadersCodec.Encode(result.Headers);
        }

        if (headers is not null)
        {
            columns["Headers"] = headers;
        }

        if (result.OmittedBodyLength is null && !(result.Body.Length <= MaxBodyLength && BodyCodec.TryEncode(result.Body, columns)))
        {
            result = Omit(result);
        }

        if (result.OmittedBodyLength is { } omitted)
        {
            columns["BodyLength"] = omitted;
        }

        return new StoredResult(result, columns);
    }

    private static OperationResult Omit(OperationResult result) => result with { Body = default, OmittedBodyLength = result.OmittedBodyLength ?? result.Body.Length };

    private static List<KeyValuePair<string, string>> WithoutLongest(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var kept = headers.ToList();
        while (HeadersCodec.Encode(kept)?.Length > MaxHeadersLength)
        {
            kept.Remove(kept.MaxBy(header => header.Key.Length + header.Value.Length));
        }

        return kept;
    }
}
