using Azure.Core;
using Azure.Core.Pipeline;

namespace ServerlessIdempotency.Testing.TableStorage;

/// <summary>A request as it goes over the wire, whole and on its own.</summary>
internal sealed record SentRequest(RequestMethod Method, Uri Uri, IReadOnlyList<HttpHeader> Headers, byte[]? Body)
{
    /// <summary>What the request asks for, as it reads in a story.</summary>
    public string Text => Method == RequestMethod.Get ? $"reads {Target}" : Target == "$batch" ? "sends a transaction" : $"{Verb} {Target}";

    private string Target => Shorten(Uri.UnescapeDataString(Uri.Segments[^1]));

    private string Verb =>
        Method == RequestMethod.Post ? "inserts into" : Method == RequestMethod.Delete ? "deletes" : "replaces";

    public static async Task<SentRequest> OfAsync(Request request)
    {
        byte[]? body = null;
        if (request.Content is { } content)
        {
            using var buffer = new MemoryStream();
            await content.WriteToAsync(buffer, CancellationToken.None).ConfigureAwait(false);
            body = buffer.ToArray();
        }

        return new SentRequest(request.Method, request.Uri.ToUri(), [.. request.Headers], body);
    }

    public async Task<SentAnswer> SendAsync(HttpPipelineTransport network)
    {
        var request = network.CreateRequest();
        request.Method = Method;
        request.Uri.Reset(Uri);
        foreach (var header in Headers)
        {
            request.Headers.Add(header);
        }

        request.Content = Body is null ? null : RequestContent.Create(Body);
        using var message = new HttpMessage(request, new ResponseClassifier());
        await network.ProcessAsync(message).ConfigureAwait(false);
        using var response = message.Response;
        using var buffer = new MemoryStream();
        if (response.ContentStream is { } content)
        {
            await content.CopyToAsync(buffer).ConfigureAwait(false);
        }

        return new SentAnswer(response.Status, response.ReasonPhrase, [.. response.Headers], buffer.ToArray());
    }

    private static string Shorten(string target) => target.Length > 60 ? target[..59] + "…" : target;
}
