using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.AspNetCore.Responses;

/// <summary>
/// Stands in for the response while an endpoint runs: nothing reaches the client before it is known whether this call's answer is the operation's. To the endpoint it
/// starts, refuses late changes and runs its callbacks as the server's response does.
/// </summary>
/// <remarks>Disposing puts the real response back, with the headers that it had. The trailers, which could not be stored, are not offered.</remarks>
internal sealed class CapturedResponse : IHttpResponseFeature, IDisposable
{
    private readonly IFeatureCollection _features;
    private readonly IHttpResponseFeature _response;
    private readonly IHttpResponseBodyFeature? _responseBody;
    private readonly IHttpResponseTrailersFeature? _trailers;
    private readonly IHttpRequestLifetimeFeature? _lifetime;
    private readonly IHttpResetFeature? _reset;
    private readonly KeyValuePair<string, StringValues>[] _headersBefore;
    private readonly CapturedHeaders _headers;
    private readonly CapturedBody _body;
    private readonly CapturedLifetime _captured;
    private readonly Stack<(Func<object, Task> Callback, object State)> _onStarting = new();
    private readonly CancellationToken _handlerToken;
    private readonly Lock _gate = new();
    private bool _isDetached;
    private bool _isEnded;

    /// <param name="context">The request.</param>
    /// <param name="maxBodyBytes">The most bytes of a body that are kept.</param>
    /// <param name="handlerToken">The handler's token.</param>
    public CapturedResponse(HttpContext context, long maxBodyBytes, CancellationToken handlerToken)
    {
        _features = context.Features;
        _response = _features.GetRequiredFeature<IHttpResponseFeature>();
        _responseBody = _features.Get<IHttpResponseBodyFeature>();
        _trailers = _features.Get<IHttpResponseTrailersFeature>();
        _lifetime = _features.Get<IHttpRequestLifetimeFeature>();
        _headersBefore = [.. _response.Headers];
        _headers = new CapturedHeaders(_response.Headers);
        _handlerToken = handlerToken;
        _body = new CapturedBody(StartAsync, maxBodyBytes, _features.Get<IHttpBodyControlFeature>(), context.Response.RegisterForDisposeAsync, handlerToken);
        _reset = _features.Get<IHttpResetFeature>();
        _captured = new CapturedLifetime(_lifetime, _reset, handlerToken);
        StatusCode = _response.StatusCode;
        _features.Set<IHttpResponseFeature>(this);
        _features.Set<IHttpResponseBodyFeature>(_body);
        _features.Set<IHttpResponseTrailersFeature>(null);
        _features.Set<IHttpRequestLifetimeFeature>(_captured);
        _features.Set<IHttpResetFeature>(_reset is null ? null : _captured);
    }

    public int StatusCode
    {
        get;
        set => field = HasStarted ? throw new InvalidOperationException("StatusCode cannot be set because the response has already started.") : value;
    }

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers
    {
        get => _headers;
        set => throw new NotSupportedException("Change the headers instead of replacing them.");
    }

    public bool HasStarted { get; private set; }

    [Obsolete("Use IHttpResponseBodyFeature.Stream instead.")]
    Stream IHttpResponseFeature.Body
    {
        get => _body.Stream;
        set => throw new NotSupportedException("Replace IHttpResponseBodyFeature instead.");
    }

    public void OnStarting(Func<object, Task> callback, object state)
    {
        if (HasStarted)
        {
            throw new InvalidOperationException("OnStarting cannot be set because the response has already started.");
        }

        _onStarting.Push((callback, state));
    }

    public void OnCompleted(Func<object, Task> callback, object state) => _response.OnCompleted(callback, state);

    /// <summary>The whole answer, as the caller whose call executed gets it; null where the endpoint aborted it.</summary>
    /// <exception cref="InvalidOperationException">The body is not as long as its Content-Length says.</exception>
    /// <exception cref="OperationCanceledException">The endpoint was told to stop in the middle of its answer.</exception>
    public async Task<CapturedAnswer?> FinishAsync()
    {
        if (_body.IsFailed)
        {
            _captured.Abort();
        }

        if (_captured.IsAborted)
        {
            return null;
        }

        await StartAsync();
        ThrowIfTruncated();
        var whole = _body.Length > ResultLimits.MaxBodyLength || _body.IsOmitted ? null : await _body.ToArrayAsync();
        if (_handlerToken.IsCancellationRequested && _headers.ContentLength is null && IsCut(whole))
        {
            _handlerToken.ThrowIfCancellationRequested();
        }

        var isLarge = whole is null || _body.IsOmitted;
        return new CapturedAnswer(
            new OperationResult(
                StatusCode,
                [.. _headers.Snapshot().Where(header => !IsFraming(header.Key, StatusCode)).SelectMany(header => header.Value, (header, value) => KeyValuePair.Create(header.Key, value ?? ""))],
                isLarge ? default : whole.AsMemory())
            {
                OmittedBodyLength = isLarge ? _body.Length : null,
            },
            isLarge && !_body.IsOmitted ? _body : null)
        {
            ReasonPhrase = ReasonPhrase,
        };
    }

    /// <summary>
    /// Answers the caller now, by <paramref name="write"/>, while the endpoint goes on: what it still writes is the operation's answer and reaches later callers only.
    /// </summary>
    /// <returns>False where the endpoint has ended meanwhile.</returns>
    public async Task<bool> TryAnswerEarlyAsync(Func<HttpContext, Task> write)
    {
        lock (_gate)
        {
            if (_isEnded)
            {
                return false;
            }

            _isDetached = true;
            _headers.Detach();
            Restore();
        }

        // A context of its own over the real response: the endpoint still uses the request's.
        var features = new FeatureCollection(_features);
        features.Set(_response);
        features.Set(_responseBody);
        features.Set<IResponseCookiesFeature>(new ResponseCookiesFeature(features));
        features.Set<IHttpRequestLifetimeFeature>(new CapturedLifetime(_lifetime, _reset, CancellationToken.None));
        var early = new DefaultHttpContext(features);
        await write(early);
        return true;
    }

    public void Dispose()
    {
        _features.Set(_response);
        _features.Set(_responseBody);
        _features.Set(_trailers);
        _features.Set(_lifetime);
        _features.Set(_reset);
        _headers.IsReadOnly = false;
        lock (_gate)
        {
            _isEnded = true;
            if (!_isDetached)
            {
                Restore();
            }
        }
    }

    private void Restore()
    {
        _response.Headers.Clear();
        foreach (var header in _headersBefore)
        {
            _response.Headers[header.Key] = header.Value;
        }
    }

    private async Task StartAsync()
    {
        if (HasStarted)
        {
            return;
        }

        while (_onStarting.TryPop(out var starting))
        {
            await starting.Callback(starting.State);
        }

        HasStarted = true;
        _headers.IsReadOnly = true;
    }

    // Told to stop, serializers break off and say nothing: JSON shows that itself; of anything else it is enough that it was begun before.
    private bool IsCut(byte[]? whole) =>
        whole is not null && MediaTypeHeaderValue.TryParse(Headers.ContentType.ToString(), out var type) && (type.MediaType.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
            ? !IsJson(whole)
            : _body.MayBeCut;

    private static bool IsJson(byte[] body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            return reader.Read() && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void ThrowIfTruncated()
    {
        if (_headers.ContentLength is { } announced && announced != _body.Length && StatusCode is not (204 or 304))
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"Response Content-Length mismatch: too {(announced > _body.Length ? "few" : "many")} bytes written ({_body.Length} of {announced})."));
        }
    }

    // The whole body is known by now: its length is set where it is sent.
    private static bool IsFraming(string header, int status) =>
        (header.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) && !ReplayedHeaders.IsLengthOfAnother(header, status))
        || header.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase);
}
