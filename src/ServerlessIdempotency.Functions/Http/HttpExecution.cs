using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Functions.Keys;
using ServerlessIdempotency.Functions.Settings;

namespace ServerlessIdempotency.Functions.Http;

/// <summary>Executes a request once, by the HTTP contract, with its key wherever the function says.</summary>
internal sealed class HttpExecution(IdempotentHttp http)
{
    /// <param name="request">The request.</param>
    /// <param name="function">What its function says.</param>
    /// <param name="run">The function; gives what it returned.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public Task<IResult> ExecuteAsync(HttpRequest request, FunctionSettings function, Func<CancellationToken, Task<object?>> run, CancellationToken cancellationToken)
    {
        var operation = new HttpOperation
        {
            Name = function.Operation,
            KeyHeader = (function.Key as KeySource.Header)?.Name,
            KeyPath = (function.Key as KeySource.Body)?.Path,
            RequireKey = function.RequireKey ? true : null,
            Lease = function.Lease,
            MaxExecution = function.MaxExecution,
            CrashPolicy = function.CrashPolicy,
            ProbeType = function.ProbeType,
            Retention = function.Retention,
        };
        return http.ExecuteAsync(request, operation, async token => ResultOf(function, await run(token)), cancellationToken);
    }

    private static IResult ResultOf(FunctionSettings function, object? returned) => returned switch
    {
        IResult result => result,
        IActionResult action => new ActionHttpResult(action),

        // It wrote into the response itself, which is captured.
        null => Results.Empty,
        _ => throw new InvalidOperationException($"{function.Name} returned {returned.GetType().Name}: an [Idempotent] HTTP function returns IResult or IActionResult."),
    };
}
