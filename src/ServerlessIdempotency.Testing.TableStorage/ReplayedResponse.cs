using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;

namespace ServerlessIdempotency.Testing.TableStorage;

/// <summary>An answer as the SDK reads it.</summary>
internal sealed class ReplayedResponse(SentAnswer answer) : Response
{
    private readonly ILookup<string, string> _headers = answer.Headers.ToLookup(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase);

    public override int Status => answer.Status;

    public override string ReasonPhrase => answer.ReasonPhrase;

    public override Stream? ContentStream { get; set; } = new MemoryStream(answer.Body);

    public override string ClientRequestId { get; set; } = "";

    public override void Dispose() => ContentStream?.Dispose();

    protected override bool ContainsHeader(string name) => _headers.Contains(name);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => answer.Headers;

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = _headers.Contains(name) ? string.Join(',', _headers[name]) : null;
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = _headers.Contains(name) ? _headers[name] : null;
        return values is not null;
    }
}
