using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Requests;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.AspNetCore;

/// <summary>What <see cref="IdempotentHttp.ReadAsync"/> found in a request.</summary>
public abstract record HttpReading
{
    private HttpReading()
    {
    }

    /// <summary>Key and body are there. Hand it to <c>ExecuteAsync</c>, which reads nothing again.</summary>
    public sealed record Ready : HttpReading
    {
        internal Ready(HttpRequest request, IdempotencyKey key, bool isClientsKey, string principal, RequestContent content)
        {
            Request = request;
            Key = key;
            IsClientsKey = isClientsKey;
            Principal = principal;
            Content = content;
        }

        /// <summary>The key; a random one where the client sent none and none is required.</summary>
        public IdempotencyKey Key { get; }

        /// <summary>Whether the client sent the key.</summary>
        public bool IsClientsKey { get; }

        /// <summary>Whose key it is, by <see cref="HttpIdempotencyOptions.Principal"/>.</summary>
        public string Principal { get; }

        /// <summary>The body, byte for byte; empty where something before had read it as a form.</summary>
        public ReadOnlyMemory<byte> Body => Content.Bytes;

        internal HttpRequest Request { get; }

        internal RequestContent Content { get; }
    }

    /// <summary>The request can't be executed: answer with the result.</summary>
    /// <param name="Result">A problem of <see cref="IdempotencyProblemTypes"/>.</param>
    public sealed record Refused(IResult Result) : HttpReading;
}
