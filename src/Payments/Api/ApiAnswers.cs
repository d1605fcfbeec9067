using System.Globalization;
using Microsoft.AspNetCore.Http;
using Payments.Problems;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace Payments.Api;

/// <summary>The answers that are given outside an operation, and so are never stored.</summary>
internal sealed class ApiAnswers(PaymentProblems problems, HttpIdempotencyOptions options)
{
    public IResult Invalid(IReadOnlyDictionary<string, string[]> errors) => new OperationHttpResult(problems.Invalid(errors).Answer);

    public IResult PaymentNotFound() => new OperationHttpResult(problems.NotFound().Answer);

    public IResult UnsupportedMediaType() => new OperationHttpResult(problems.Of(
        415, "unsupported-media-type", "The content type is not supported.", "Send the body as JSON in UTF-8, with Content-Type: application/json."));

    public IResult BodyTooLarge() => new OperationHttpResult(problems.Of(
        413, IdempotencyProblemTypes.BodyTooLarge, "The body is too large.", $"At most {options.MaxBodyBytes} bytes are accepted."));

    public IResult BodyInvalid(string message) => new OperationHttpResult(problems.Of(
        400, IdempotencyProblemTypes.BodyInvalid, "The body is not valid JSON.", message));

    public IResult BodyNotEmpty() => new OperationHttpResult(problems.Of(
        400, IdempotencyProblemTypes.BodyInvalid, "The body must be empty.", "A capture or refund is of the whole payment and takes nothing: send no body, or {}. Nothing was done."));

    public IResult NoSimulator() => new OperationHttpResult(problems.Of(
        404, "no-simulator", "There is no simulated gateway here.", "Gateway:Kind names another gateway: look for its charges there."));

    /// <summary>Answers with what was read, with 404 where nothing was found, and with 503 where the store did not answer.</summary>
    public async Task<IResult> ReadAsync(Func<Task<OperationResult?>> read)
    {
        try
        {
            return await read() is { } result ? new OperationHttpResult(result) : PaymentNotFound();
        }
        catch (Exception exception) when (exception is StoreUnavailableException or Gateway.GatewayUnavailableException)
        {
            return new OperationHttpResult(problems.Of(
                503,
                IdempotencyProblemTypes.StoreUnavailable,
                "The store did not answer.",
                "Try again later.",
                headers: KeyValuePair.Create("Retry-After", Math.Ceiling(options.UnavailableRetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture))));
        }
    }
}
