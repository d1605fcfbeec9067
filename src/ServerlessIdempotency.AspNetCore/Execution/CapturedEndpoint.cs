using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.AspNetCore.Responses;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.AspNetCore.Execution;

/// <summary>Runs an endpoint that knows nothing of outcomes as a handler: its captured response is the result.</summary>
internal sealed class CapturedEndpoint(HttpContext context, HttpIdempotencyOptions options, RequestDelegate endpoint, ILogger logger)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CapturedResponse? _response;

    /// <summary>What ended the request before the endpoint's own code was reached; the caller meets it as without idempotency.</summary>
    public ExceptionDispatchInfo? EarlyFault { get; private set; }

    /// <summary>The body of the answer where it is too large to be stored; only the caller whose call ran gets it.</summary>
    public CapturedBody? LargeBody { get; private set; }

    /// <summary>The text beside the status, where the endpoint set one.</summary>
    public string? ReasonPhrase { get; private set; }

    /// <exception cref="AnswerAbortedException">The endpoint gave its response up: there is nothing to answer with, and the connection is closed.</exception>
    public async Task<HandlerOutcome<OperationResult>> RunAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        try
        {
            return await CaptureAsync(operation, cancellationToken);
        }
        finally
        {
            // The real response is back.
            _ended.TrySetResult();
        }
    }

    private async Task<HandlerOutcome<OperationResult>> CaptureAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var current = context.RequestServices?.GetService<CurrentOperation>();
        CapturedAnswer? captured;
        using var response = new CapturedResponse(context, options.MaxResponseBytes, cancellationToken);
        _response = response;
        var reached = HandlerReached.Begin(context);
        try
        {
            context.Features.Set(operation);
            current?.Context = operation;
            await endpoint(context);
            captured = await response.FinishAsync();
        }
        catch (Exception exception) when (!reached.HandlerRan)
        {
            // Binding, or the making of a controller: no execution began, so there is none without an answer.
            EarlyFault = ExceptionDispatchInfo.Capture(exception);
            return HandlerOutcome.Failed(OperationResult.Empty);
        }
        finally
        {
            context.Features.Set<OperationContext>(null);
            current?.Context = null;
            _response = null;
        }

        if (captured is null)
        {
            throw new AnswerAbortedException();
        }

        var answer = captured.Result;
        LargeBody = captured.LargeBody;
        ReasonPhrase = captured.ReasonPhrase;

        // The caller whose call ran gets the whole answer; stored is only what a replay repeats.
        return operation.IsStored && ShouldStore(new StorableAnswer(context, answer.StatusCode, answer.Headers, reached.HandlerRan))
            ? new HandlerOutcome<OperationResult>.Completed(answer, answer with { Headers = [.. answer.Headers.Where(header => options.ReplayedHeaders.Contains(header.Key) || ReplayedHeaders.IsLengthOfAnother(header.Key, answer.StatusCode))] })
            : HandlerOutcome.Failed(answer);
    }

    // The endpoint has run: what the app's delegate throws must not run it again (law 14).
    private bool ShouldStore(StorableAnswer answer)
    {
        try
        {
            return options.ShouldStore(answer);
        }
        catch (Exception exception)
        {
            logger.ShouldStoreFailed(exception);
            return StorableAnswer.IsStoredByDefault(answer);
        }
    }

    /// <summary>Answers the caller as the request's time-out says. An endpoint that still runs goes on, and its answer is stored.</summary>
    public async Task AnswerTimeoutAsync()
    {
        if (_response is { } response && await response.TryAnswerEarlyAsync(early => RequestTimeout.AnswerAsync(context, early)))
        {
            return;
        }

        await _ended.Task;
        await RequestTimeout.AnswerAsync(context, context);
    }
}
