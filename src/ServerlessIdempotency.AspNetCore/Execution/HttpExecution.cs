using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessIdempotency.AspNetCore.Requests;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.AspNetCore.Execution;

/// <summary>One request to be executed.</summary>
/// <param name="Reading">What it brought.</param>
/// <param name="Options">The settings that hold for it.</param>
/// <param name="Declared">What its endpoint said.</param>
internal sealed record HttpExecution(HttpReading.Ready Reading, HttpIdempotencyOptions Options, HttpOperation Declared)
{
    /// <exception cref="Fingerprints.CanonicalJsonException">The endpoint's own fingerprint refused the body.</exception>
    public async ValueTask<Operation> DescribeAsync(CancellationToken cancellationToken)
    {
        var request = Reading.Request;
        var isNamed = Declared.Name is not null || Declared.Scope is not null;
        var name = Declared.Name is { } declared
            ? OperationName.Of(declared, ArgumentsOf(request))
            : Declared.Scope?.Operation ?? $"{request.Method.ToUpperInvariant()} {RequestRoute.Of(request)}";
        return new Operation
        {
            Scope = Declared.Scope ?? new OperationScope(Reading.Principal, name),
            Key = Reading.Key,
            Fingerprint = Declared.Fingerprint?.Invoke(await BodyAsync(cancellationToken))
                ?? await RequestFingerprint.OfAsync(request, Declared.Scope is null ? name : OperationName.Of(name, ArgumentsOf(request)), isNamed, Options, Reading.Content, cancellationToken),
            Placement = Declared.Placement?.Invoke(Reading.Key) ?? RecordPlacement.Standalone,
            SendsMessages = Declared.SendsMessages,
            LikelyRetry = Reading.IsClientsKey && (Declared.LikelyRetry ?? Options.LikelyRetry(request.HttpContext)),
            Wait = Reading.IsClientsKey ? TimeSpan.FromSeconds(PreferHeader.ReadWait(request, Options.MaxWait)) : TimeSpan.Zero,
            Lease = Declared.Lease,
            MaxExecution = Declared.MaxExecution,
            CrashPolicy = Declared.CrashPolicy ?? CrashPolicy.Rerun,
            Probe = Declared.CrashPolicy == CrashPolicy.Probe ? ProbeAsync : null,
            Retention = Declared.Retention,
        };
    }

    // Of a form that was read before, the canonical form stands for its bytes.
    private async ValueTask<ReadOnlyMemory<byte>> BodyAsync(CancellationToken cancellationToken) =>
        Reading.Content is { Form: not null, Bytes.IsEmpty: true } && MediaTypeHeaderValue.TryParse(Reading.Request.ContentType, out var contentType)
            ? await FormFingerprint.CanonicalizeAsync(contentType, Reading.Content, Antiforgery.FieldOf(Reading.Request.HttpContext), cancellationToken)
            : Reading.Body;

    private Task<ProbeOutcome<HandlerOutcome<OperationResult>>> ProbeAsync(OperationContext context, CancellationToken cancellationToken) =>
        Declared.Probe?.Invoke(context, cancellationToken) ?? Declared.ProbeType!.AskAsync(Reading.Request.HttpContext.RequestServices, context, cancellationToken);

    private IEnumerable<string> ArgumentsOf(HttpRequest request) => Declared.Arguments?.Invoke(request.HttpContext) ?? RequestRoute.ValuesOf(request);
}
