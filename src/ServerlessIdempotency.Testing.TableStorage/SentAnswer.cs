using System.Text;
using Azure;
using Azure.Core;

namespace ServerlessIdempotency.Testing.TableStorage;

/// <summary>An answer with its whole body, so that nobody waits for the network behind the explorer's back.</summary>
internal sealed record SentAnswer(int Status, string ReasonPhrase, IReadOnlyList<HttpHeader> Headers, byte[] Body)
{
    private const string ErrorCodeHeader = "x-ms-error-code";

    public string? ErrorCode => Headers.Where(header => header.Name == ErrorCodeHeader).Select(header => header.Value).FirstOrDefault();

    public static SentAnswer Error(int status, string errorCode) => new(
        status,
        errorCode,
        [new HttpHeader("Content-Type", "application/json"), new HttpHeader(ErrorCodeHeader, errorCode)],
        Encoding.UTF8.GetBytes($$$$"""{"odata.error":{"code":"{{{{errorCode}}}}","message":{"lang":"en-US","value":"Decided by a proof."}}}"""));

    public Response ToResponse(string clientRequestId) => new ReplayedResponse(this) { ClientRequestId = clientRequestId };
}
