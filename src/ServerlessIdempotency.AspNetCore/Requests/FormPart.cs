using System.Text;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>A field or a file of a form.</summary>
internal sealed record FormPart(bool IsFile, string Name, string FileName, string ContentType, byte[] Content)
{
    public static FormPart Field(string name, string value) => new(IsFile: false, name, "", "", Encoding.UTF8.GetBytes(value));

    public static FormPart File(string name, string fileName, string contentType, byte[] hash) => new(IsFile: true, name, fileName, contentType, hash);
}
