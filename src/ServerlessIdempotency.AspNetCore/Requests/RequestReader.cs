using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Problems;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>Reads principal, key and body of a request, each once.</summary>
/// <param name="options">The settings that hold for the request.</param>
internal sealed class RequestReader(HttpIdempotencyOptions options)
{
    private readonly JsonKeyPath? _field = options.KeyField is { } path ? JsonKeyPath.Parse(path) : null;

    /// <returns>Null where the request passes through: it has no key and needs none, or its method is none of <see cref="HttpIdempotencyOptions.Methods"/>.</returns>
    public async Task<HttpReading?> ReadAsync(HttpRequest request, bool requireKey, CancellationToken cancellationToken)
    {
        if (!options.Methods.Contains(request.Method))
        {
            return null;
        }

        var header = KeyHeader.Read(request, options.KeyHeader);
        switch (header)
        {
            case KeyReading.Refused refused:
                return Refuse(refused.Problem);
            case KeyReading.Absent when _field is null:
                return requireKey ? Refuse(Problem.KeyMissing(options.KeyHeader, field: null)) : null;
        }

        if (await RequestBody.ReadAsync(request, options.MaxBodyBytes, cancellationToken) is not { } content)
        {
            return Refuse(Problem.BodyTooLarge(options.MaxBodyBytes));
        }

        RequestBody.Rewind(request, content);
        var reading = Combine(header, _field is null ? new KeyReading.Absent() : KeyField.Read(content.Bytes, _field));
        return reading switch
        {
            KeyReading.Refused refused => Refuse(refused.Problem),
            KeyReading.Absent when requireKey => Refuse(Problem.KeyMissing(options.KeyHeader, options.KeyField)),
            KeyReading.Present present => Ready(request, present.Key, isClientsKey: true, content),
            _ => null,
        };
    }

    /// <summary>Reads a request that is executed as an operation of its own, under a random key.</summary>
    public async Task<HttpReading> ReadWithoutKeyAsync(HttpRequest request, CancellationToken cancellationToken) =>
        await RequestBody.ReadAsync(request, options.MaxBodyBytes, cancellationToken) is { } content
            ? Ready(request, IdempotencyKey.CreateRandom(), isClientsKey: false, content)
            : Refuse(Problem.BodyTooLarge(options.MaxBodyBytes));

    private HttpReading Ready(HttpRequest request, IdempotencyKey key, bool isClientsKey, RequestContent content) =>
        options.Principal(request.HttpContext) is { } principal
            ? new HttpReading.Ready(request, key, isClientsKey, principal, content)
            : Refuse(Problem.PrincipalUnknown);

    private KeyReading Combine(KeyReading header, KeyReading field) => (header, field) switch
    {
        (_, KeyReading.Refused) or (KeyReading.Absent, _) => field,
        (KeyReading.Present inHeader, KeyReading.Present inField) when inHeader.Key != inField.Key => new KeyReading.Refused(Problem.KeysDiffer(options.KeyHeader, options.KeyField!)),
        _ => header,
    };

    private HttpReading.Refused Refuse(Problem problem) => new(new ProblemHttpResult(options.ProblemTypeBase, problem));
}
