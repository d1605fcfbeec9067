using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Functions.Keys;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.Functions.Http;

/// <summary>Executes a request once, by the HTTP contract, with its key wherever the function says.</summary>
internal sealed class HttpExecution(IdempotentHttp http, IOptions<HttpIdempotencyOptions> options)
{
    private readonly HttpIdempotencyOptions _options = options.Value;

    /// <param name="request">The request.</param>
    /// <param name="function">What its function says.</param>
    /// <param name="run">The function; gives what it returned.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public async Task<IResult> ExecuteAsync(HttpRequest request, FunctionSettings function, Func<CancellationToken, Task<object?>> run, CancellationToken cancellationToken)
    {
        if ((HttpMethods.IsPost(request.Method) || HttpMethods.IsPatch(request.Method)) && await MoveKeyAsync(request, function, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var operation = new HttpOperation
        {
            Name = function.Operation,
            RequireKey = function.RequireKey ? true : null,
            Lease = function.Lease,
            Retention = function.Retention,
        };
        return await http.ExecuteAsync(request, operation, async token => ResultOf(function, await run(token)), cancellationToken);
    }

    /// <summary>Puts the key where the contract reads it.</summary>
    private async Task<IResult?> MoveKeyAsync(HttpRequest request, FunctionSettings function, CancellationToken cancellationToken)
    {
        string? text;
        string place;
        switch (function.Key)
        {
            case KeySource.Header header when header.Name.Equals(IdempotencyHeaders.Key, StringComparison.OrdinalIgnoreCase):
                return null;
            case KeySource.Header header:
                place = $"the header {header.Name}";
                var values = request.Headers[header.Name];
                if (values.Count > 1)
                {
                    return Problem(400, IdempotencyProblemTypes.KeyInvalid, "The idempotency key is malformed.", $"There is more than one value in {place}: send one.");
                }

                text = values.Count == 0 ? null : values[0];
                break;
            case KeySource.Body body:
                place = $"{body.Path.Text} of the JSON body";
                if (await ReadAsync(request, cancellationToken) is not { } content)
                {
                    return Problem(413, IdempotencyProblemTypes.BodyTooLarge, "The request's body is too large.", $"Send at most {_options.MaxBodyBytes} bytes.");
                }

                try
                {
                    text = body.Path.Find(content);
                }
                catch (JsonException exception)
                {
                    return Problem(400, IdempotencyProblemTypes.BodyInvalid, "The request's body is not valid JSON.", exception.Message);
                }

                break;
            default:
                throw new NotSupportedException($"An HTTP function has no {function.Key.GetType().Name}.");
        }

        // What the client may have sent in the usual place is not this function's key.
        request.Headers.Remove(IdempotencyHeaders.Key);
        if (string.IsNullOrEmpty(text))
        {
            return function.RequireKey || _options.RequireKey
                ? Problem(400, IdempotencyProblemTypes.KeyMissing, "The idempotency key is missing.", $"Send it in {place}, and the same again with every retry of this request.")
                : null;
        }

        try
        {
            _ = IdempotencyKey.Create(text);
        }
        catch (ArgumentException exception)
        {
            return Problem(400, IdempotencyProblemTypes.KeyInvalid, "The idempotency key is malformed.", $"The key in {place} can't be used. {exception.Message}");
        }

        // As a string of RFC 8941, so that a comma or a leading quote in it stays its own.
        request.Headers[IdempotencyHeaders.Key] = $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        return null;
    }

    /// <returns>Null where the body is too large.</returns>
    private async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > _options.MaxBodyBytes)
        {
            return null;
        }

        var body = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (await request.Body.ReadAsync(chunk, cancellationToken) is > 0 and var count)
        {
            if (body.Length + count > _options.MaxBodyBytes)
            {
                return null;
            }

            body.Write(chunk, 0, count);
        }

        // The contract reads it once more, for the fingerprint.
        body.Position = 0;
        request.Body = body;
        return body.ToArray();
    }

    private static IResult ResultOf(FunctionSettings function, object? returned) => returned switch
    {
        IResult result => result,
        IActionResult action => new ActionHttpResult(action),

        // It wrote into the response itself, which is captured.
        null => Results.Empty,
        _ => throw new InvalidOperationException($"{function.Name} returned {returned.GetType().Name}: an [Idempotent] HTTP function returns IResult or IActionResult."),
    };

    private ProblemHttpResult Problem(int status, string type, string title, string detail) =>
        TypedResults.Problem(detail, statusCode: status, title: title, type: _options.ProblemTypeBase.OriginalString + type);
}
