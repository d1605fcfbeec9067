namespace Mutation.Guards;

/// <summary>The HTTP contract: which request is which operation, who it belongs to and what may be replayed.</summary>
internal static class HttpGuards
{
    private const string Folder = "src/ServerlessIdempotency.AspNetCore/";
    private const string Reader = Folder + "Requests/RequestReader.cs";
    private const string Key = Folder + "Requests/KeyHeader.cs";
    private const string Field = Folder + "Requests/KeyField.cs";
    private const string Fingerprint = Folder + "Requests/RequestFingerprint.cs";
    private const string Query = Folder + "Requests/RequestQuery.cs";
    private const string Form = Folder + "Requests/FormFingerprint.cs";
    private const string Route = Folder + "Requests/RequestRoute.cs";
    private const string Principal = Folder + "Requests/RequestPrincipal.cs";
    private const string Body = Folder + "Requests/RequestBody.cs";
    private const string Execution = Folder + "Execution/HttpExecution.cs";
    private const string Captured = Folder + "Execution/CapturedEndpoint.cs";
    private const string Disconnect = Folder + "Execution/CallerDisconnect.cs";
    private const string Storable = Folder + "StorableAnswer.cs";
    private const string LargeBody = Folder + "Responses/CapturedBody.cs";
    private const string Redaction = Folder + "Execution/Redaction.cs";
    private const string Response = Folder + "Responses/CapturedResponse.cs";
    private const string Http = Folder + "IdempotentHttp.cs";
    private const string Result = Folder + "OperationHttpResult.cs";
    private const string Options = Folder + "HttpIdempotencyOptions.cs";
    private const string Endpoint = Folder + "Endpoints/IdempotentEndpoint.cs";
    private const string Check = Folder + "Endpoints/EndpointCheck.cs";
    private const string Filter = Folder + "Controllers/IdempotencyResourceFilter.cs";

    public static IReadOnlyList<Guard> All { get; } =
    [
        new(1, "key: a required one that is missing is refused", Reader, "return requireKey ? Refuse(Problem.KeyMissing(name, field: null)) : null;", "return null;"),
        new(1, "key: one that is required in header or field is refused where both lack it", Reader, "KeyReading.Absent when requireKey => Refuse(Problem.KeyMissing(name, field?.Text)),", ""),
        new(1, "key: a malformed one is refused", Key, ": new KeyReading.Refused(Problem.KeyInvalid(header, fault));", ": new KeyReading.Absent();"),
        new(1, "key: two headers are refused", Key, "if (values.Count > 1 || (", "if (("),
        new(1, "key: two joined by a proxy are refused", Key, "if (values.Count > 1 || (value.Contains(',', StringComparison.Ordinal) && !value.TrimStart(' ', '\\t').StartsWith('\"')))", "if (values.Count > 1)"),
        new(1, "key: it applies to the methods that are executed once only", Reader, "if (!options.Methods.Contains(request.Method))", "if (false)"),
        new(12, "key: header and field must name the same one", Reader, "when one.Key != other.Key", "when false"),
        new(1, "key: a malformed one in the body is refused", Field, "return new KeyReading.Refused(Problem.KeyFieldInvalid(path.Text, exception.Message));", "return new KeyReading.Absent();"),
        new(7, "fingerprint: the query is part of it", Fingerprint, "target += RequestQuery.Canonicalize(request.QueryString, options.IgnoredQueryParameters, options.CredentialInQuery(request.HttpContext));", ""),
        new(12, "fingerprint: the order of the query's names is not", Query, "parameters.OrderBy(parameter => parameter.Name, StringComparer.OrdinalIgnoreCase)", "parameters"),
        new(7, "fingerprint: what the app leaves out of the query is not", Query, "if (!ignored.Contains(name) && !name.Equals(credential, StringComparison.OrdinalIgnoreCase))", "if (true)"),
        new(7, "fingerprint: the media type of JSON is part of it", Fingerprint, "$\"\\n{contentType.MediaType.ToString().ToLowerInvariant()}\"", "\"\""),
        new(7, "fingerprint: the type of other content is part of it", Fingerprint, ": Fingerprint.FromBytes($\"{target}\\n{request.ContentType}\", content.Bytes.Span);", ": Fingerprint.FromBytes(target, content.Bytes.Span);"),
        new(12, "fingerprint: only UTF-8 is read as JSON", Fingerprint, "isJson && (charset.Length == 0 || charset.Equals(\"utf-8\", StringComparison.OrdinalIgnoreCase));", "isJson;"),
        new(7, "fingerprint: compressed JSON is known by its bytes", Fingerprint, "if (content.Form is null && request.Headers.ContentEncoding is { Count: > 0 } encoding)", "if (request.Headers.ContentEncoding is { Count: > 9 } encoding)"),
        new(7, "fingerprint: a form read before is known by its parts whatever coding is named", Fingerprint, "if (content.Form is null && request", "if (request"),
        new(7, "body: one without a length that was read before is refused", Body, "else if (form is null && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: true })", "else if (false)"),
        new(12, "fingerprint: a form's boundary is not part of it", Fingerprint, "FormFingerprint.IsForm(contentType) &&", "FormFingerprint.IsForm(contentType) && false &&"),
        new(12, "fingerprint: a form's files are part of it", Form, "SHA256.HashData(bytes.ToArray())", "[]"),
        new(7, "fingerprint: a body that was read before is not taken for empty", Body, "return body.Length == 0 && announced > 0 && form is null", "return false"),
        new(7, "fingerprint: a body that was read before is rewound", Body, "request.Body.Position = 0;", ""),
        new(10, "principal: a subject belongs to its issuer", Principal, "Join(names[0], scheme, claim.Issuer, tenant, claim.Value)", "Join(names[0], scheme, tenant, claim.Value)"),
        new(10, "principal: a subject belongs to its scheme", Principal, "Join(names[0], scheme, claim.Issuer, tenant, claim.Value)", "Join(names[0], claim.Issuer, tenant, claim.Value)"),
        new(10, "principal: an object belongs to its tenant", Principal, "names[0] == \"oid\" ? (", "false ? ("),
        new(12, "principal: issuer and subject can't run into each other", Principal, "$\"{text}:{part.Length}:{part}\"", "$\"{text}:{part}\""),
        new(10, "principal: who has no name is not anonymous", Principal, "\"\", name) : null;", "\"\", name) : Anonymous;"),
        new(10, "principal: an identity that is not authenticated counts for nothing", Principal, "FirstOrDefault(identity => identity.IsAuthenticated)", "FirstOrDefault()"),
        new(10, "principal: an unknown one is refused", Reader, ": Refuse(Problem.PrincipalUnknown);", ": new HttpReading.Ready(request, key, isClientsKey, \"\", content);"),
        new(10, "scope: the principal is part of it", Execution, "new OperationScope(Reading.Principal, name)", "new OperationScope(\"\", name)"),
        new(10, "scope: method and route are part of it", Execution, "$\"{request.Method.ToUpperInvariant()} {RequestRoute.Of(request)}\"", "\"\""),
        new(10, "scope: a name is with its arguments", Execution, "? OperationName.Of(declared, ArgumentsOf(request))", "? declared"),
        new(12, "scope: the letter case of the route's literals is not part of it", Route, "literal.Content.ToLowerInvariant()", "literal.Content"),
        new(1, "scope: the host is part of it where routing looks at it", Route, "is { Hosts.Count: > 0 }", "is { Hosts.Count: > 99 }"),
        new(1, "answer: a 5xx is not stored", Storable, ">= 500 => false,", ">= 500 => true,"),
        new(1, "answer: one about this request alone is not stored", Storable, "401 or 403 or 407 or 408 or 423 or 425 or 429 => false,", ""),
        new(1, "answer: a refusal with Retry-After is not stored", Storable, " && !answer.Headers.Any(header => header.Key.Equals(\"Retry-After\", StringComparison.OrdinalIgnoreCase))", ""),
        new(1, "answer: what binding refused is not stored", Storable, "_ => answer.HandlerRan &&", "_ =>"),
        new(1, "answer: what the handler declines to store is not", Captured, "return operation.IsStored &&", "return"),
        new(11, "answer: one that was aborted is not stored", Response, "if (_captured.IsAborted)", "if (false)"),
        new(11, "answer: one of another length than announced is not stored", Response, "announced != _body.Length &&", "false &&"),
        new(14, "answer: of one beyond the hard limit only the length is kept", LargeBody, "_isOmitted || Length > limit;", "_isOmitted;"),
        new(11, "answer: a long body is not held in memory", LargeBody, "if (_buffer.WrittenCount <= MemoryThreshold)", "if (true)"),
        new(11, "answer: its temporary file goes with the request", LargeBody, "disposeWithRequest(this);", "_ = disposeWithRequest;"),
        new(14, "answer: a disk that takes no file runs nothing again", LargeBody, "catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)", "catch (NotSupportedException)"),
        new(14, "answer: one that is too large reaches its own caller whole", Http, "LargeBody = captured?.LargeBody, ReasonPhrase", "ReasonPhrase"),
        new(14, "answer: a replay says what is left out", Result, "if (Result.OmittedBodyLength is { } omitted && LargeBody is null &&", "if (Result.OmittedBodyLength is { } omitted && false &&"),
        new(14, "answer: a redaction that throws runs nothing again", Redaction, "catch (Exception exception)", "catch (Exception exception) when (exception is null)"),
        new(10, "answer: what is redacted is not stored", Redaction, "return completed with { Result = redact(context, completed.Result) ?? throw", "return completed with { Result = completed.Result ?? throw"),
        new(10, "answer: only listed headers are stored", Captured, "answer.Headers.Where(header => options.ReplayedHeaders.Contains(header.Key) || ReplayedHeaders.IsLengthOfAnother(header.Key, answer.StatusCode))", "answer.Headers"),
        new(11, "answer: a stream that is reset is no answer", "src/ServerlessIdempotency.AspNetCore/Responses/CapturedLifetime.cs", "IsAborted = true; reset?.Reset(errorCode);", "reset?.Reset(errorCode);"),
        new(11, "answer: a 304 keeps the length that it was given", "src/ServerlessIdempotency.AspNetCore/Responses/ReplayedHeaders.cs", "status == StatusCodes.Status304NotModified && header.Equals", "false && header.Equals"),
        new(10, "answer: headers of one response are never replayed", Result, "Result.Headers.Where(header => !ReplayedHeaders.IsLeftOut(header.Key, Result.StatusCode))", "Result.Headers"),
        new(10, "answer: headers of one response can't be configured for replay", Options, ".ForEach(ReplayedHeaders.Where(Responses.ReplayedHeaders.Never.Contains), header", ".ForEach(ReplayedHeaders.Where(_ => false), header"),
        new(1, "answer: a loser's own answer reaches no client", Response, "_features.Set<IHttpResponseBodyFeature>(_body);", ""),
        new(1, "answer: a loser's headers are taken back", Response, "if (!_isDetached) { Restore(); }", ""),
        new(7, "mismatch: it is a 422", Http, "logger.KeyReused(operation.Scope.Operation); return ProblemOf(Problem.Mismatch);", "logger.KeyReused(operation.Scope.Operation); return ProblemOf(Problem.PrincipalUnknown);"),
        new(4, "disconnect: it does not stop a handler that runs", Disconnect, "_disconnected.Dispose(); _cancelled.Dispose(); lock", "lock"),
        new(11, "time-out: a caller need not wait for a claim that is being written", Disconnect, "_source.Cancel(); return true;", "return false;"),
        new(3, "answer: JSON that our own token cut is none", Response, "? !IsJson(whole)", "? false"),
        new(4, "disconnect: it does not reach the endpoint's token", Response, "_captured = new CapturedLifetime(_lifetime, _reset, handlerToken);", "_captured = new CapturedLifetime(_lifetime, _reset, context.RequestAborted);"),
        new(4, "disconnect: a caller who is gone before starts nothing", Disconnect, "return HasStarted = !Token.IsCancellationRequested;", "return HasStarted = true;"),
        new(14, "answer: one that was given up half-way is no answer", Captured, "throw new AnswerAbortedException();", "return HandlerOutcome.Failed(OperationResult.Empty);"),
        new(14, "endpoint: what binding throws is no execution without an answer", Captured, "catch (Exception exception) when (!reached.HandlerRan)", "catch (Exception exception) when (false)"),
        new(2, "endpoint: a crash policy that can not hold stops the start", Check, "if (settings.Operation.Fault() is { } fault)", "if (((string?)null) is { } fault)"),
        new(11, "endpoint: it is wrapped once", Endpoint, " || endpoint.Metadata.OfType<IdempotentEndpoint>().Any()", ""),
        new(10, "endpoint: a controller's authorization filters run before a replay", Endpoint, " || endpoint.Metadata.OfType<ActionDescriptor>().Any())", ")"),
        new(10, "endpoint: filters that a replay would pass by stop the start", Check, "if ((wrapped is { HasFilters: true } || EndpointFilters.AreOn(endpoint)) && !settings.Options.AllowEndpointFilters)", "if (false)"),
        new(10, "endpoint: filters of controllers stop the start too", Check, " || EndpointFilters.AreOn(endpoint)", ""),
        new(10, "endpoint: a form without a valid token is not replayed to", Http, "if (Antiforgery.IsRefused(request.HttpContext))", "if (false)"),
        new(1, "endpoint: a required key that would be ignored stops the start", Check, "if (requiresKey && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods", "if (false && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods"),
        new(1, "endpoint: an action that throws is a failure", Filter, "ExceptionDispatchInfo.Throw(exception);", ""),
        new(2, "wait: only where the caller asks, and no longer than the cap", "src/ServerlessIdempotency.AspNetCore/Requests/PreferHeader.cs", "Math.Min(Seconds(parts[1]), (int)cap.TotalSeconds)", "Seconds(parts[1])"),
    ];
}
