using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.AspNetCore.Execution;
using ServerlessIdempotency.AspNetCore.Problems;
using ServerlessIdempotency.AspNetCore.Requests;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.AspNetCore;

/// <summary>
/// Executes an HTTP request as an operation, in one line of an Azure Function or of any code that has an <see cref="HttpRequest"/>. Endpoints of
/// ASP.NET Core rather say <c>RequireIdempotencyKey()</c>.
/// </summary>
/// <remarks>
/// A caller who disconnects ends the waiting for the claim or for another one's result. Once the handler runs it is not
/// stopped: its token is cancelled only when the claim is lost or the lease ran out, and its result is committed.
/// </remarks>
/// <param name="engine">The engine.</param>
/// <param name="options">The defaults of every operation.</param>
/// <param name="logger">The log.</param>
public sealed class IdempotentHttp(IdempotencyEngine engine, IOptions<HttpIdempotencyOptions> options, ILogger<IdempotentHttp> logger)
{
    private readonly RequestReader _reader = new(options.Value);

    /// <summary>
    /// Reads key, principal and body of a request, for code that looks into the body before it calls <c>ExecuteAsync</c>: nothing is read twice. Without a key, where none is
    /// required, or under a method that is idempotent by the standard, the key is a random one.
    /// </summary>
    /// <param name="request">The request. Its body is buffered and stands at its start afterwards.</param>
    /// <param name="operation">Where the key stands and whether it must be there.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<HttpReading> ReadAsync(HttpRequest request, HttpOperation operation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(operation);
        return await _reader.ReadAsync(request, operation, cancellationToken) ?? await _reader.ReadWithoutKeyAsync(request, cancellationToken);
    }

    /// <summary>Executes a handler that commits rows and messages with its result.</summary>
    /// <param name="request">The request. Its body is buffered and stands at its start whenever the handler runs.</param>
    /// <param name="operation">What is executed.</param>
    /// <param name="handler">Runs where this call wins the claim.</param>
    /// <param name="cancellationToken">Ends the waiting, as a disconnect does.</param>
    /// <returns>The answer: the operation's result as <see cref="OperationHttpResult"/>, or a problem of <see cref="IdempotencyProblemTypes"/>.</returns>
    public Task<IResult> ExecuteAsync(HttpRequest request, HttpOperation operation, Func<OperationContext, CancellationToken, Task<HandlerOutcome<OperationResult>>> handler, CancellationToken cancellationToken) =>
        ReadThenAsync(request, operation, ready => ExecuteAsync(ready, operation, handler, cancellationToken), cancellationToken);

    /// <summary>Executes a handler that commits rows and messages with its result, for a request that was read before.</summary>
    /// <param name="reading">What <see cref="ReadAsync"/> found.</param>
    /// <param name="operation">What is executed.</param>
    /// <param name="handler">Runs where this call wins the claim.</param>
    /// <param name="cancellationToken">Ends the waiting, as a disconnect does.</param>
    /// <returns>The answer: the operation's result as <see cref="OperationHttpResult"/>, or a problem of <see cref="IdempotencyProblemTypes"/>.</returns>
    public Task<IResult> ExecuteAsync(HttpReading.Ready reading, HttpOperation operation, Func<OperationContext, CancellationToken, Task<HandlerOutcome<OperationResult>>> handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reading);
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(handler);
        return RunAsync(new HttpExecution(reading, options.Value, operation), Claimed(handler), captured: null, cancellationToken);
    }

    /// <summary>
    /// Executes a handler whose only effects are the rows and messages that it returns, in a single trip: see <see cref="IdempotencyEngine.ExecuteSingleTripAsync"/>. Set
    /// <see cref="HttpOperation.Placement"/> to the partition of the rows.
    /// </summary>
    /// <param name="request">The request. Its body is buffered and stands at its start whenever the handler runs.</param>
    /// <param name="operation">What is executed; without a crash policy.</param>
    /// <param name="handler">Decides what is committed. It may run beside another call's, and for a request that turns out to be a repeat.</param>
    /// <param name="cancellationToken">Ends the waiting, as a disconnect does.</param>
    /// <returns>The answer: the operation's result as <see cref="OperationHttpResult"/>, or a problem of <see cref="IdempotencyProblemTypes"/>.</returns>
    public Task<IResult> ExecuteSingleTripAsync(HttpRequest request, HttpOperation operation, Func<SingleTripContext, CancellationToken, Task<HandlerOutcome<OperationResult>>> handler, CancellationToken cancellationToken) =>
        ReadThenAsync(request, operation, ready => ExecuteSingleTripAsync(ready, operation, handler, cancellationToken), cancellationToken);

    /// <summary>The same, for a request that was read before.</summary>
    /// <param name="reading">What <see cref="ReadAsync"/> found.</param>
    /// <param name="operation">What is executed; without a crash policy.</param>
    /// <param name="handler">Decides what is committed.</param>
    /// <param name="cancellationToken">Ends the waiting, as a disconnect does.</param>
    /// <returns>The answer: the operation's result as <see cref="OperationHttpResult"/>, or a problem of <see cref="IdempotencyProblemTypes"/>.</returns>
    public Task<IResult> ExecuteSingleTripAsync(HttpReading.Ready reading, HttpOperation operation, Func<SingleTripContext, CancellationToken, Task<HandlerOutcome<OperationResult>>> handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reading);
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(handler);
        return RunAsync(
            new HttpExecution(reading, options.Value, operation),
            (described, around, token) => engine.ExecuteSingleTripAsync<OperationResult>(described, (context, handlerToken) => around(() => handler(context, handlerToken)), token),
            captured: null,
            cancellationToken);
    }

    /// <summary>
    /// Executes a handler that answers with any result; its response is captured, stored and replayed byte for byte, where <see cref="HttpIdempotencyOptions.ShouldStore"/> says
    /// so. Without a key, where none is required, the handler just runs. It reaches the operation by <c>HttpContext.GetOperation()</c>.
    /// </summary>
    /// <param name="request">The request. Its body is buffered and stands at its start whenever the handler runs.</param>
    /// <param name="operation">What is executed.</param>
    /// <param name="handler">Runs where this call wins the claim.</param>
    /// <param name="cancellationToken">Ends the waiting, as a disconnect does.</param>
    /// <returns>The answer, to be returned by the function.</returns>
    public async Task<IResult> ExecuteAsync(HttpRequest request, HttpOperation operation, Func<CancellationToken, Task<IResult>> handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(handler);
        return await CaptureAsync(
            request,
            options.Value,
            _reader,
            operation,
            async context => await (await handler(context.RequestAborted)).ExecuteAsync(context),
            cancellationToken) ?? await handler(cancellationToken);
    }

    /// <returns>Null where the request passes through: it has no key and needs none.</returns>
    internal async Task<IResult?> CaptureAsync(
        HttpRequest request, HttpIdempotencyOptions settings, RequestReader reader, HttpOperation operation, RequestDelegate endpoint, CancellationToken cancellationToken)
    {
        if (Antiforgery.IsRefused(request.HttpContext))
        {
            return null;
        }

        switch (await reader.ReadAsync(request, operation, cancellationToken))
        {
            case HttpReading.Ready ready:
                var captured = new CapturedEndpoint(request.HttpContext, settings, endpoint, logger);
                return await RunAsync(new HttpExecution(ready, settings, operation), Claimed(captured.RunAsync), captured, cancellationToken);
            case HttpReading.Refused refused:
                return refused.Result;
            default:
                return null;
        }
    }

    private async Task<IResult> ReadThenAsync(HttpRequest request, HttpOperation operation, Func<HttpReading.Ready, Task<IResult>> execute, CancellationToken cancellationToken) =>
        await ReadAsync(request, operation, cancellationToken) switch
        {
            HttpReading.Ready ready => await execute(ready),
            HttpReading.Refused refused => refused.Result,
            var other => throw new NotSupportedException($"Unknown reading {other.GetType().Name}."),
        };

    private Execute Claimed(Func<OperationContext, CancellationToken, Task<HandlerOutcome<OperationResult>>> handler) =>
        (operation, around, cancellationToken) => engine.ExecuteAsync<OperationResult>(operation, (context, handlerToken) => around(() => handler(context, handlerToken)), cancellationToken);

    private async Task<IResult> RunAsync(HttpExecution execution, Execute execute, CapturedEndpoint? captured, CancellationToken cancellationToken)
    {
        var (reading, settings, _) = execution;
        var request = reading.Request;
        Operation operation;
        try
        {
            operation = await execution.DescribeAsync(cancellationToken);
        }
        catch (CanonicalJsonException exception)
        {
            return ProblemOf(Problem.BodyInvalid(exception.Message));
        }

        if (operation.Probe is { } probe)
        {
            operation = operation with { Probe = async (context, token) => Redaction.Apply(await probe(context, token), settings, request.HttpContext, logger) };
        }

        var isGone = false;
        using var disconnect = new CallerDisconnect(request.HttpContext.RequestAborted, cancellationToken);
        var executing = execute(
            operation,
            async handler =>
            {
                if (!disconnect.TryStartHandler())
                {
                    isGone = true;
                    return HandlerOutcome.NoEffect(OperationResult.Empty);
                }

                RequestBody.Rewind(request, reading.Content);
                return Redaction.Apply(await handler(), settings, request.HttpContext, logger);
            },
            disconnect.Token);
        var isAnswered = await AnswerTimeoutAsync(request.HttpContext, executing, captured, disconnect);
        ExecutionOutcome<OperationResult> outcome;
        try
        {
            outcome = await executing;
        }
        catch (AnswerAbortedException)
        {
            return Results.Empty;
        }
        catch (OperationCanceledException) when (isAnswered && !disconnect.HasStarted)
        {
            return Results.Empty;
        }

        if (isAnswered)
        {
            return Results.Empty;
        }

        if (isGone)
        {
            throw new OperationCanceledException(disconnect.Token);
        }

        captured?.EarlyFault?.Throw();
        int? grantedWait = operation.Wait > TimeSpan.Zero ? (int)operation.Wait.TotalSeconds : null;
        switch (outcome)
        {
            case ExecutionOutcome<OperationResult>.Executed executed:
                return OwnAnswer(executed.Value, reading.IsClientsKey ? executed.ExpiresAt : null);
            case ExecutionOutcome<OperationResult>.Replayed replayed:
                var result = settings.OnReplay is { } onReplay ? await onReplay(request.HttpContext, replayed.Result) : replayed.Result;
                return new OperationHttpResult(result, replayed.ExpiresAt, isReplayed: true) { GrantedWait = grantedWait, ReplayedHeader = settings.ReplayedHeader };
            case ExecutionOutcome<OperationResult>.NotStored notStored:
                return OwnAnswer(notStored.Value, expiresAt: null);
            case ExecutionOutcome<OperationResult>.InProgress inProgress:
                return ProblemOf(Problem.InProgress(inProgress.RetryAfter, grantedWait));
            case ExecutionOutcome<OperationResult>.Mismatch:
                logger.KeyReused(operation.Scope.Operation);
                return ProblemOf(Problem.Mismatch);
            case ExecutionOutcome<OperationResult>.OutcomeUnknown unknown:
                logger.OutcomeUnknown(operation.Scope.Operation, unknown.Reason);
                return ProblemOf(Problem.OutcomeUnknown);
            case ExecutionOutcome<OperationResult>.TimedOut timedOut:
                logger.TimedOut(operation.Scope.Operation, timedOut.MaxExecution, timedOut.Cause);
                return ProblemOf(Problem.TimedOut(timedOut.MaxExecution, timedOut.IsOutcomeUnknown));
            case ExecutionOutcome<OperationResult>.Unavailable unavailable:
                logger.StoreUnavailable(operation.Scope.Operation, unavailable.HandlerRan, unavailable.Cause);
                return ProblemOf(Problem.Unavailable(unavailable.HandlerRan, settings.UnavailableRetryAfter));
            case ExecutionOutcome<OperationResult>.Contended contended:
                logger.Contended(operation.Scope.Operation, contended.Attempts);
                return ProblemOf(Problem.Contended(settings.UnavailableRetryAfter));
            default:
                throw new NotSupportedException($"Unknown outcome {outcome.GetType().Name}.");
        }

        OperationHttpResult OwnAnswer(OperationResult answer, DateTimeOffset? expiresAt) =>
            new(answer, expiresAt) { IsWhole = captured is not null, LargeBody = captured?.LargeBody, ReasonPhrase = captured?.ReasonPhrase };

        ProblemHttpResult ProblemOf(Problem problem) => new(settings.ProblemTypeBase, problem);
    }

    /// <summary>Where the request's time-out comes first, its policy answers the caller; the request stays open until the handler is done.</summary>
    private static async Task<bool> AnswerTimeoutAsync(HttpContext context, Task executing, CapturedEndpoint? captured, CallerDisconnect disconnect)
    {
        var timeout = RequestTimeout.TokenOf(context);
        if (!timeout.CanBeCanceled)
        {
            return false;
        }

        var isUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = timeout.Register(isUp.SetResult);
        if (await Task.WhenAny(executing, isUp.Task) != isUp.Task)
        {
            return false;
        }

        // Before its handler starts, the time-out ends the waiting. A claim that is being written is finished and given back, for which the caller need not wait.
        if (disconnect.TryLeave() || captured is null)
        {
            await RequestTimeout.AnswerAsync(context, context);
        }
        else
        {
            await captured.AnswerTimeoutAsync();
        }

        return true;
    }

    /// <summary>Executes an operation; each run of its handler goes through <paramref name="around"/>.</summary>
    private delegate Task<ExecutionOutcome<OperationResult>> Execute(
        Operation operation, Func<Func<Task<HandlerOutcome<OperationResult>>>, Task<HandlerOutcome<OperationResult>>> around, CancellationToken cancellationToken);
}
