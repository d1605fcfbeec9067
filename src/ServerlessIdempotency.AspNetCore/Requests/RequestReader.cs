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
    public async Task<HttpReading?> ReadAsync(HttpRequest request, HttpOperation operation, CancellationToken cancellationToken)
    {
        if (!options.Methods.Contains(request.Method))
        {
            return null;
        }

        var name = operation.KeyHeader ?? options.KeyHeader;
        var field = operation.KeyPath ?? _field;
        var requireKey = operation.RequireKey ?? options.RequireKey;
        var header = KeyHeader.Read(request, name);
        switch (header)
        {
            case KeyReading.Refused refused:
                return Refuse(refused.Problem);
            case KeyReading.Absent when field is null:
                return requireKey ? Refuse(Problem.KeyMissing(name, field: null)) : null;
        }

        var (content, fault) = await ReadBodyAsync(request, cancellationToken);
        if (content is null)
        {
            return fault;
        }

        RequestBody.Rewind(request, content);
        var reading = field is null ? header : Combine(name, header, field, KeyField.Read(content.Bytes, field));
        return reading switch
        {
            KeyReading.Refused refused => Refuse(refused.Problem),

            // What kind of body it may be is for the endpoint to say, where no key is required.
            KeyReading.Unreadable when !requireKey && !RequestFingerprint.IsPlainJson(request) => null,
            KeyReading.Unreadable unreadable => Refuse(unreadable.Problem),
            KeyReading.Absent when requireKey => Refuse(Problem.KeyMissing(name, field?.Text)),
            KeyReading.Present present => Ready(request, present.Key, isClientsKey: true, content),
            _ => null,
        };
    }

    /// <summary>Reads a request that is executed as an operation of its own, under a random key.</summary>
    public async Task<HttpReading> ReadWithoutKeyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var (content, fault) = await ReadBodyAsync(request, cancellationToken);
        return content is null ? fault! : Ready(request, IdempotencyKey.CreateRandom(), isClientsKey: false, content);
    }

    private async Task<(RequestContent? Content, HttpReading.Refused? Fault)> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await RequestBody.ReadAsync(request, options.MaxBodyBytes, cancellationToken) is { } content ? (content, null) : (null, Refuse(Problem.BodyTooLarge(options.MaxBodyBytes)));
        }
        catch (BadHttpRequestException exception)
        {
            // A malformed chunk, a body that came too slowly: as an endpoint's binding answers it.
            return (null, new HttpReading.Refused(Results.StatusCode(exception.StatusCode)));
        }
    }

    private HttpReading Ready(HttpRequest request, IdempotencyKey key, bool isClientsKey, RequestContent content) =>
        options.Principal(request.HttpContext) is { } principal
            ? new HttpReading.Ready(request, key, isClientsKey, principal, content)
            : Refuse(Problem.PrincipalUnknown);

    private static KeyReading Combine(string header, KeyReading inHeader, JsonKeyPath field, KeyReading inField) => (inHeader, inField) switch
    {
        // What kind of body it may be is for the endpoint to say, where the header names the key.
        (KeyReading.Present, KeyReading.Unreadable) => inHeader,
        (_, KeyReading.Refused) or (KeyReading.Absent, _) => inField,
        (KeyReading.Present one, KeyReading.Present other) when one.Key != other.Key => new KeyReading.Refused(Problem.KeysDiffer(header, field.Text)),
        _ => inHeader,
    };

    private HttpReading.Refused Refuse(Problem problem) => new(new ProblemHttpResult(options.ProblemTypeBase, problem));
}
