using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.AspNetCore.Execution;

/// <summary>Takes out of a result what must not be stored.</summary>
internal static class Redaction
{
    /// <summary>What a probe found is stored like what a handler answered.</summary>
    public static ProbeOutcome<HandlerOutcome<OperationResult>> Apply(ProbeOutcome<HandlerOutcome<OperationResult>> found, HttpIdempotencyOptions options, HttpContext context, ILogger logger) =>
        found is ProbeOutcome<HandlerOutcome<OperationResult>>.Happened happened
            ? new ProbeOutcome<HandlerOutcome<OperationResult>>.Happened(Apply(happened.Answer, options, context, logger))
            : found;

    public static HandlerOutcome<OperationResult> Apply(HandlerOutcome<OperationResult> outcome, HttpIdempotencyOptions options, HttpContext context, ILogger logger)
    {
        if (options.Redact is not { } redact || outcome is not HandlerOutcome<OperationResult>.Completed completed)
        {
            return outcome;
        }

        try
        {
            return completed with { Result = redact(context, completed.Result) ?? throw new InvalidOperationException("HttpIdempotencyOptions.Redact returned null.") };
        }
        catch (Exception exception)
        {
            // The operation is done and what may be stored is not known: nothing of it is, and no retry runs it again (law 14).
            logger.RedactionFailed(exception);
            return completed with { Result = new OperationResult(completed.Result.StatusCode, [], default) { OmittedBodyLength = completed.Result.OmittedBodyLength ?? completed.Result.Body.Length } };
        }
    }
}
