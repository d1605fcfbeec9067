using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.AspNetCore.Execution;
using ServerlessIdempotency.AspNetCore.Problems;
using ServerlessIdempotency.AspNetCore.Requests;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Keys;
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
    /// <summary>
    /// Executes a handler that commits rows and messages with its result. Without a key, where none is required, or under a method that is idempotent by the
    /// standard, it runs as an operation of its own that nothing replays.
    /// </summary>
    /// <param name="request">The request. Its body is buffered and stands at its start whenever the handler runs.</param>
    /// <param name="operation">What is executed.</param>
    /// <param name="handler">Runs where this call wins the claim.</param>
    /// <param name="cancellationToken">Ends the waiting, as a disconnect does.</param>
    /// <returns>The answer: the operation's result as <see cref="OperationHttpResult"/>, or a problem of <see cref="IdempotencyProblemTypes"/>.</returns>
    /// <exception cref="ResultTooLargeException">The handler's result is too large to be stored.</exception>
    public async Task<IResult> ExecuteAsync(HttpRequest request, HttpOperation operation, OperationHandler<OperationResult> handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(handler);
        var settings = options.Value;
        return KeyHeader.Read(request, operation.RequireKey ?? settings.RequireKey) switch
        {
            KeyReading.Present present => await RunAsync(new(request, settings, operation, present.Key, IsClientsKey: true), handler, cancellationToken),
            KeyReading.Refused refused => new ProblemHttpResult(settings.ProblemTypeBase, refused.Problem),
            _ => await RunAsync(new(request, settings, operation, IdempotencyKey.CreateRandom(), IsClientsKey: false), handler, cancellationToken),
        };
    }

    /// <summary>
    /// Executes a handler that answers with any result; its response is captured, stored and replayed byte for byte. An answer of 5xx, 408, 425 or 429 is not
    /// stored. Without a key, where none is required, the handler just runs. It reaches the operation by <c>HttpContext.GetOperation()</c>.
    /// </summary>
    /// <param name="request">The request. Its body is buffered and stands at its start whenever the handler runs.</param>
    /// <param name="operation">What is executed.</param>
    /// <param name="handler">Runs where this call wins the claim.</param>
    /// <param name="cancellationToken">Ends the waiting, as a disconnect does.</param>
    /// <returns>The answer, to be returned by the function.</returns>
    /// <exception cref="ResultTooLargeException">The handler's response is too large to be stored.</exception>
    public async Task<IResult> ExecuteAsync(HttpRequest request, HttpOperation operation, Func<CancellationToken, Task<IResult>> handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(handler);
        return await CaptureAsync(
            request,
            options.Value,
            operation,
            async context => await (await handler(context.RequestAborted)).ExecuteAsync(context),
            cancellationToken) ?? await handler(cancellationToken);
    }

    /// <returns>Null where the request passes through: it has no key and needs none.</returns>
    internal async Task<IResult?> CaptureAsync(HttpRequest request, HttpIdempotencyOptions settings, HttpOperation operation, RequestDelegate endpoint, CancellationToken cancellationToken)
    {
        switch (KeyHeader.Read(request, operation.RequireKey ?? settings.RequireKey))
        {
            case KeyReading.Present present:
                var captured = new CapturedEndpoint(request.HttpContext, settings, endpoint);
                return await RunAsync(new(request, settings, operation, present.Key, IsClientsKey: true), captured.RunAsync, cancellationToken);
            case KeyReading.Refused refused:
                return new ProblemHttpResult(settings.ProblemTypeBase, refused.Problem);
            default:
                return null;
        }
    }

    /// <summary>
    /// Looks at the key alone, for code that reads and checks the body itself before it calls <c>ExecuteAsync</c>: a caller without a key is told so first,
    /// whatever else is wrong.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="requireKey">Whether a key must be there. Default: <see cref="HttpIdempotencyOptions.RequireKey"/>.</param>
    /// <returns>The problem to answer with, or null where the key is fine.</returns>
    public IResult? CheckKey(HttpRequest request, bool? requireKey = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        var settings = options.Value;
        return KeyHeader.Read(request, requireKey ?? settings.RequireKey) is KeyReading.Refused refused
            ? new ProblemHttpResult(settings.ProblemTypeBase, refused.Problem)
            : null;
    }

    private async Task<IResult> RunAsync(HttpExecution execution, OperationHandler<OperationResult> handler, CancellationToken cancellationToken)
    {
        var (request, settings, _, _, isClientsKey) = execution;
        using var patience = new CallerPatience(request.HttpContext.RequestAborted, cancellationToken);
        if (await RequestBody.ReadAsync(request, settings.MaxBodyBytes, patience.Token) is not { } body)
        {
            return ProblemOf(Problem.BodyTooLarge(settings.MaxBodyBytes));
        }

        Operation operation;
        try
        {
            operation = execution.Describe(body);
        }
        catch (CanonicalJsonException exception)
        {
            return ProblemOf(Problem.BodyInvalid(exception.Message));
        }

        var outcome = await engine.ExecuteAsync(
            operation,
            async (context, handlerToken) =>
            {
                patience.HandlerStarts();
                RequestBody.Rewind(request, body);
                return await handler(context, handlerToken);
            },
            patience.Token);

        int? grantedWait = operation.Wait > TimeSpan.Zero ? (int)operation.Wait.TotalSeconds : null;
        switch (outcome)
        {
            case ExecutionOutcome<OperationResult>.Executed executed:
                return new OperationHttpResult(executed.Value, isClientsKey ? executed.ExpiresAt : null);
            case ExecutionOutcome<OperationResult>.Replayed replayed:
                return new OperationHttpResult(replayed.Result, replayed.ExpiresAt, isReplayed: true) { GrantedWait = grantedWait };
            case ExecutionOutcome<OperationResult>.NotStored notStored:
                return new OperationHttpResult(notStored.Value);
            case ExecutionOutcome<OperationResult>.InProgress inProgress:
                return ProblemOf(Problem.InProgress(inProgress.RetryAfter, grantedWait));
            case ExecutionOutcome<OperationResult>.Mismatch:
                logger.KeyReused(operation.Scope.Operation);
                return ProblemOf(Problem.Mismatch);
            case ExecutionOutcome<OperationResult>.Unavailable unavailable:
                logger.StoreUnavailable(operation.Scope.Operation, unavailable.HandlerRan, unavailable.Cause);
                return ProblemOf(Problem.Unavailable(unavailable.HandlerRan, settings.UnavailableRetryAfter));
            case ExecutionOutcome<OperationResult>.Contended contended:
                logger.Contended(operation.Scope.Operation, contended.Attempts);
                return ProblemOf(Problem.Contended(settings.UnavailableRetryAfter));
            default:
                throw new NotSupportedException($"Unknown outcome {outcome.GetType().Name}.");
        }

        ProblemHttpResult ProblemOf(Problem problem) => new(settings.ProblemTypeBase, problem);
    }
}
