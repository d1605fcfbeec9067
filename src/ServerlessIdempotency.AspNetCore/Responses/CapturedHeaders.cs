using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ServerlessIdempotency.AspNetCore.Responses;

/// <summary>
/// The response's own headers while an endpoint runs, so that whatever keeps hold of them (cookies and their policy) writes to the same ones. As on a server, they
/// can't be changed once the endpoint has started its response.
/// </summary>
/// <param name="headers">The headers of the real response.</param>
internal sealed class CapturedHeaders(IHeaderDictionary headers) : IHeaderDictionary
{
    private readonly Lock _gate = new();
    private IHeaderDictionary _headers = headers;

    /// <summary>Whether the endpoint has started its response.</summary>
    public bool IsReadOnly { get; set; }

    public long? ContentLength
    {
        get => Read(headers => headers.ContentLength);
        set => Write(headers => headers.ContentLength = value);
    }

    public ICollection<string> Keys => Read(headers => (ICollection<string>)[.. headers.Keys]);

    public ICollection<StringValues> Values => Read(headers => (ICollection<StringValues>)[.. headers.Values]);

    public int Count => Read(headers => headers.Count);

    public StringValues this[string key]
    {
        get => Read(headers => headers[key]);
        set => Write(headers => headers[key] = value);
    }

    /// <summary>A copy of what is there.</summary>
    public IReadOnlyList<KeyValuePair<string, StringValues>> Snapshot() => Read(headers => (IReadOnlyList<KeyValuePair<string, StringValues>>)[.. headers]);

    /// <summary>Goes on with a copy, so that an endpoint whose caller is answered already changes nothing of that answer.</summary>
    public void Detach()
    {
        lock (_gate)
        {
            var copy = new HeaderDictionary();
            foreach (var header in _headers)
            {
                copy[header.Key] = header.Value;
            }

            _headers = copy;
        }
    }

    public void Add(string key, StringValues value) => Add(KeyValuePair.Create(key, value));

    public void Add(KeyValuePair<string, StringValues> item) => Write(headers => headers.Add(item));

    public void Clear() => Write(headers => headers.Clear());

    public bool Contains(KeyValuePair<string, StringValues> item) => Read(headers => headers.Contains(item));

    public bool ContainsKey(string key) => Read(headers => headers.ContainsKey(key));

    public void CopyTo(KeyValuePair<string, StringValues>[] array, int arrayIndex) => Write(headers => headers.CopyTo(array, arrayIndex), isChange: false);

    public bool Remove(string key)
    {
        var removed = false;
        Write(headers => removed = headers.Remove(key));
        return removed;
    }

    public bool Remove(KeyValuePair<string, StringValues> item)
    {
        var removed = false;
        Write(headers => removed = headers.Remove(item));
        return removed;
    }

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out StringValues value)
    {
        lock (_gate)
        {
            return _headers.TryGetValue(key, out value);
        }
    }

    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => Snapshot().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private T Read<T>(Func<IHeaderDictionary, T> read)
    {
        lock (_gate)
        {
            return read(_headers);
        }
    }

    private void Write(Action<IHeaderDictionary> write, bool isChange = true)
    {
        if (isChange && IsReadOnly)
        {
            throw new InvalidOperationException("Headers are read-only, response has already started.");
        }

        lock (_gate)
        {
            write(_headers);
        }
    }
}
