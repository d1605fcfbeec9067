using System.Diagnostics.CodeAnalysis;
using System.Text;
using Azure;
using Azure.Core;

namespace TestDoubles.Storage;

/// <summary>An answer that no service gave.</summary>
internal sealed class ScriptedResponse : Response
{
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    private ScriptedResponse(int status, string contentType, string body)
    {
        Status = status;
        ContentStream = new MemoryStream(Encoding.UTF8.GetBytes(body));
        _headers["Content-Type"] = contentType;
    }

    public override int Status { get; }

    public override string ReasonPhrase => "Scripted";

    public override Stream? ContentStream { get; set; }

    public override string ClientRequestId { get; set; } = "";

    public static ScriptedResponse Error(int status, string? errorCode)
    {
        var response = new ScriptedResponse(status, "application/json", Body(errorCode, index: null));
        if (errorCode is not null)
        {
            response._headers["x-ms-error-code"] = errorCode;
        }

        return response;
    }

    public static ScriptedResponse Page(bool hasMore, string entities)
    {
        var response = new ScriptedResponse(200, "application/json;odata=minimalmetadata", $$"""{"value":[{{entities}}]}""");
        if (hasMore)
        {
            response._headers["x-ms-continuation-NextPartitionKey"] = "1!4!cA--";
            response._headers["x-ms-continuation-NextRowKey"] = "1!4!cg--";
        }

        return response;
    }

    // The form that the service documents:
    // https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions#sample-error-response.
    public static ScriptedResponse Inside(int status, string? errorCode, int? index) => new(
        202,
        "multipart/mixed; boundary=batchresponse_scripted",
        string.Join(
            "\r\n",
            "--batchresponse_scripted",
            "Content-Type: multipart/mixed; boundary=changesetresponse_scripted",
            "",
            "--changesetresponse_scripted",
            "Content-Type: application/http",
            "Content-Transfer-Encoding: binary",
            "",
            $"HTTP/1.1 {status} Scripted",
            "DataServiceVersion: 3.0;",
            "Content-Type: application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
            "",
            Body(errorCode, index),
            "--changesetresponse_scripted--",
            "--batchresponse_scripted--",
            ""));

    public override void Dispose() => ContentStream?.Dispose();

    protected override bool ContainsHeader(string name) => _headers.ContainsKey(name);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => _headers.Select(header => new HttpHeader(header.Key, header.Value));

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) => _headers.TryGetValue(name, out value);

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }

    private static string Body(string? errorCode, int? index)
    {
        if (errorCode is null)
        {
            return "";
        }

        var place = index is null ? "" : $"{index}:";
        return $$$$"""{"odata.error":{"code":"{{{{errorCode}}}}","message":{"lang":"en-US","value":"{{{{place}}}}Scripted."}}}""";
    }
}
