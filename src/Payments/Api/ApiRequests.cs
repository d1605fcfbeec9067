using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Payments.Partitions;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Records;

namespace Payments.Api;

/// <summary>Reads a request once: who calls, under which key, with which body. What can't be read is answered here, before anything is claimed.</summary>
internal sealed class ApiRequests(IdempotentHttp http, ApiAnswers answers)
{
    private static readonly HttpOperation Keyed = new() { RequireKey = true };

    /// <summary>Reads a request whose body, if there is one, is looked at by <paramref name="answer"/>.</summary>
    public async Task<IResult> ReadAsync(HttpRequest request, bool requireKey, Func<HttpReading.Ready, Task<IResult>> answer, CancellationToken cancellationToken) =>
        await http.ReadAsync(request, requireKey ? Keyed : HttpOperation.Default, cancellationToken) switch
        {
            HttpReading.Ready ready => await answer(ready),
            HttpReading.Refused refused => refused.Result,
            var other => throw new NotSupportedException($"Unknown reading {other.GetType().Name}."),
        };

    /// <summary>Answers with what a merchant may see: nobody else's is found.</summary>
    public Task<IResult> FindAsync(HttpRequest request, Func<MerchantId, Task<OperationResult?>> find, CancellationToken cancellationToken) =>
        ReadAsync(request, requireKey: false, ready => answers.ReadAsync(() => find(MerchantId.Of(ready.Principal))), cancellationToken);

    /// <summary>Reads a request whose body is JSON in UTF-8. A caller without a key is told so first, whatever else is wrong.</summary>
    public Task<IResult> ReadJsonAsync(HttpRequest request, bool requireKey, Func<HttpReading.Ready, Task<IResult>> answer, CancellationToken cancellationToken) =>
        ReadAsync(
            request,
            requireKey,
            async ready =>
            {
                if (!JsonBody.IsJson(request))
                {
                    return answers.UnsupportedMediaType();
                }

                try
                {
                    return await answer(ready);
                }
                catch (JsonException exception)
                {
                    return answers.BodyInvalid(exception.Message);
                }
            },
            cancellationToken);
}
