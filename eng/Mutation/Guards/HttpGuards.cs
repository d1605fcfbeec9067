namespace Mutation.Guards;

/// <summary>The HTTP contract: which request is which operation, who it belongs to and what may be replayed.</summary>
internal static class HttpGuards
{
    private const string Folder = "src/ServerlessIdempotency.AspNetCore/";
    private const string Key = Folder + "Requests/KeyHeader.cs";
    private const string Fingerprint = Folder + "Requests/RequestFingerprint.cs";
    private const string Principal = Folder + "Requests/RequestPrincipal.cs";
    private const string Body = Folder + "Requests/RequestBody.cs";
    private const string Execution = Folder + "Execution/HttpExecution.cs";
    private const string Captured = Folder + "Execution/CapturedEndpoint.cs";
    private const string Patience = Folder + "Execution/CallerPatience.cs";
    private const string Response = Folder + "Responses/CapturedResponse.cs";
    private const string Http = Folder + "IdempotentHttp.cs";
    private const string Result = Folder + "OperationHttpResult.cs";
    private const string Options = Folder + "HttpIdempotencyOptions.cs";
    private const string Endpoint = Folder + "Endpoints/IdempotentEndpoint.cs";

    public static IReadOnlyList<Guard> All { get; } =
    [
        new(1, "key: a required one that is missing is refused", Key, "return isRequired ? new KeyReading.Refused(Problem.KeyMissing) : new KeyReading.Absent();", "return new KeyReading.Absent();"),
        new(1, "key: a malformed one is refused", Key, ": new KeyReading.Refused(Problem.KeyInvalid(fault));", ": new KeyReading.Absent();"),
        new(1, "key: two headers are refused", Key, "if (values.Count > 1 || (", "if (("),
        new(1, "key: two joined by a proxy are refused", Key, "if (values.Count > 1 || (value.Contains(',', StringComparison.Ordinal) && !value.TrimStart(' ', '\\t').StartsWith('\"')))", "if (values.Count > 1)"),
        new(1, "key: it applies to POST and PATCH only", Key, "if (!HttpMethods.IsPost(request.Method) && !HttpMethods.IsPatch(request.Method))", "if (false)"),
        new(7, "fingerprint: the query is part of it", Fingerprint, "{PathOf(request)}{request.QueryString.ToUriComponent()}", "{PathOf(request)}"),
        new(7, "fingerprint: the media type of JSON is part of it", Fingerprint, "return Fingerprint.FromJson($\"{target}\\n{contentType.MediaType.ToString().ToLowerInvariant()}\", json);", "return Fingerprint.FromJson(target, json);"),
        new(7, "fingerprint: the type of other content is part of it", Fingerprint, "return Fingerprint.FromBytes($\"{target}\\n{request.ContentType}\", body.Span);", "return Fingerprint.FromBytes(target, body.Span);"),
        new(7, "fingerprint: only UTF-8 is read as JSON", Fingerprint, "isJson && (charset.Length == 0 || charset.Equals(\"utf-8\", StringComparison.OrdinalIgnoreCase));", "isJson;"),
        new(7, "fingerprint: the method and path are part of it", Fingerprint, "var target = $\"{request.Method.ToUpperInvariant()} {PathOf(request)}{", "var target = $\"{"),
        new(7, "fingerprint: a body that was read before is not taken for empty", Body, "return body.Length < request.ContentLength ||", "return"),
        new(7, "fingerprint: a form that was read before is not taken for empty", Body, "|| (body.Length == 0 && request.HttpContext.Features.Get<IFormFeature>()?.Form is not null)", ""),
        new(7, "fingerprint: a body that was read before is rewound", Body, "request.Body.Position = 0;", ""),
        new(10, "principal: a subject belongs to its issuer", Principal, "$\"sub:{subject.Issuer.Length}:{subject.Issuer}:{subject.Value}\"", "$\"sub:{subject.Value}\""),
        new(10, "principal: issuer and subject can't run into each other", Principal, "sub:{subject.Issuer.Length}:{subject.Issuer}", "sub:{subject.Issuer}"),
        new(10, "principal: a user called anonymous is not the anonymous caller", Principal, "$\"name:{name}\"", "name"),
        new(10, "principal: an identity that is not authenticated counts for nothing", Principal, "FirstOrDefault(identity => identity.IsAuthenticated)", "FirstOrDefault()"),
        new(10, "scope: the principal is part of it", Execution, "Options.Principal(Request.HttpContext),", "\"\","),
        new(10, "scope: method and path are part of it", Execution, "$\"{Request.Method.ToUpperInvariant()} {RequestFingerprint.PathOf(Request)}\"", "\"\""),
        new(1, "answer: a 5xx is not stored", Captured, "status is < 500 and not (", "status is not ("),
        new(1, "answer: a \"not now\" is not stored", Captured, " and not (StatusCodes.Status408RequestTimeout or 425 or StatusCodes.Status429TooManyRequests)", ""),
        new(10, "answer: only listed headers are stored", Captured, "answer.Headers.Where(header => options.ReplayedHeaders.Contains(header.Key))", "answer.Headers"),
        new(10, "answer: headers of one response are never replayed", Result, "Result.Headers.Where(header => !ReplayedHeaders.Never.Contains(header.Key))", "Result.Headers"),
        new(10, "answer: headers of one response can't be configured for replay", Options, "foreach (var header in ReplayedHeaders.Where(Responses.ReplayedHeaders.Never.Contains))", "foreach (var header in ReplayedHeaders.Where(_ => false))"),
        new(1, "answer: a loser's own answer reaches no client", Response, "_features.Set<IHttpResponseBodyFeature>(_bodyFeature);", ""),
        new(1, "answer: a loser's status and headers are taken back", Response, "_features.Set(_response);", ""),
        new(7, "mismatch: it is a 422", Http, "logger.KeyReused(operation.Scope.Operation); return ProblemOf(Problem.Mismatch);", "logger.KeyReused(operation.Scope.Operation); return ProblemOf(Problem.KeyMissing);"),
        new(4, "disconnect: it does not stop a handler that runs", Patience, "_disconnected.Dispose(); _cancelled.Dispose(); Token", "Token"),
        new(4, "disconnect: it does not reach the endpoint's token", Captured, "context.RequestAborted = cancellationToken;", ""),
        new(4, "disconnect: a caller who is gone before starts nothing", Patience, "Token.ThrowIfCancellationRequested();", ""),
        new(1, "endpoint: it is wrapped once", Endpoint, " || endpoint.Metadata.OfType<IdempotentEndpoint>().Any()", ""),
        new(2, "wait: only where the caller asks, and no longer than the cap", "src/ServerlessIdempotency.AspNetCore/Requests/PreferHeader.cs", "Math.Min(Seconds(parts[1]), (int)cap.TotalSeconds)", "Seconds(parts[1])"),
    ];
}
