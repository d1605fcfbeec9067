using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.AspNetCore.Responses;

/// <summary>
/// Stands in for the response while an endpoint runs: nothing reaches the client before it is known whether this call's answer is the operation's.
/// </summary>
/// <remarks>
/// Disposing puts the real response back, untouched. The cookies feature is swapped too, since it keeps the headers that it first saw; and the
/// trailers, which could not be stored, are not offered.
/// </remarks>
internal sealed class CapturedResponse : IHttpResponseFeature, IDisposable
{
    private readonly IFeatureCollection _features;
    private readonly IHttpResponseFeature _response;
    private readonly IHttpResponseBodyFeature? _responseBody;
    private readonly IResponseCookiesFeature? _cookies;
    private readonly IHttpResponseTrailersFeature? _trailers;
    private readonly MemoryStream _body = new();
    private readonly StreamResponseBodyFeature _bodyFeature;
    private readonly Stack<(Func<object, Task> Callback, object State)> _onStarting = new();

    public CapturedResponse(HttpContext context)
    {
        _features = context.Features;
        _response = _features.GetRequiredFeature<IHttpResponseFeature>();
        _responseBody = _features.Get<IHttpResponseBodyFeature>();
        _cookies = _features.Get<IResponseCookiesFeature>();
        _trailers = _features.Get<IHttpResponseTrailersFeature>();
        _bodyFeature = new StreamResponseBodyFeature(_body);
        foreach (var header in _response.Headers)
        {
            Headers[header.Key] = header.Value;
        }

        _features.Set<IHttpResponseFeature>(this);
        _features.Set<IHttpResponseBodyFeature>(_bodyFeature);
        _features.Set<IResponseCookiesFeature>(new ResponseCookiesFeature(_features));
        _features.Set<IHttpResponseTrailersFeature>(null);
    }

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    /// <summary>False to the end: until the capture is over the answer can change.</summary>
    public bool HasStarted => false;

    [Obsolete("Use IHttpResponseBodyFeature.Stream instead.")]
    Stream IHttpResponseFeature.Body
    {
        get => _bodyFeature.Stream;
        set => throw new NotSupportedException("Replace IHttpResponseBodyFeature instead.");
    }

    public void OnStarting(Func<object, Task> callback, object state) => _onStarting.Push((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state) => _response.OnCompleted(callback, state);

    /// <summary>The whole answer, as the caller whose call executed gets it.</summary>
    public async Task<OperationResult> FinishAsync()
    {
        await _bodyFeature.CompleteAsync();
        while (_onStarting.TryPop(out var starting))
        {
            await starting.Callback(starting.State);
        }

        return new OperationResult(
            StatusCode,
            [.. Headers.Where(header => !IsFraming(header.Key)).SelectMany(header => header.Value, (header, value) => KeyValuePair.Create(header.Key, value ?? ""))],
            _body.ToArray());
    }

    public void Dispose()
    {
        _features.Set(_response);
        _features.Set(_responseBody);
        _features.Set(_cookies);
        _features.Set(_trailers);
    }

    // The whole body is known by now: its length is set anew where it is sent.
    private static bool IsFraming(string header) =>
        header.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || header.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase);
}
