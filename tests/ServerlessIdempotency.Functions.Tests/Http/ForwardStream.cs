namespace ServerlessIdempotency.Functions.Tests.Http;

/// <summary>A body as a server gives it: read once, from its start to its end.</summary>
internal sealed class ForwardStream(byte[] content) : MemoryStream(content, writable: false)
{
    public override bool CanSeek => false;
}
