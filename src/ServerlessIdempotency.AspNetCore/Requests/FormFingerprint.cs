using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>
/// The one form of a form: its fields by name, its files by name with their content. The boundary between the parts of <c>multipart/form-data</c> is random and means nothing.
/// </summary>
internal static class FormFingerprint
{
    private const string Multipart = "multipart/form-data";
    private const string UrlEncoded = "application/x-www-form-urlencoded";

    public static bool IsForm(MediaTypeHeaderValue contentType) =>
        contentType.MediaType.Equals(Multipart, StringComparison.OrdinalIgnoreCase) || contentType.MediaType.Equals(UrlEncoded, StringComparison.OrdinalIgnoreCase);

    /// <param name="contentType">What the form came as.</param>
    /// <param name="content">The form.</param>
    /// <param name="antiforgeryField">A field that is no part of what is asked for; null for none.</param>
    /// <param name="cancellationToken">Ends the reading of files.</param>
    /// <returns>The canonical bytes, or null where the body is no form.</returns>
    public static async Task<byte[]?> CanonicalizeAsync(MediaTypeHeaderValue contentType, RequestContent content, string? antiforgeryField, CancellationToken cancellationToken)
    {
        try
        {
            return Write(content.Form is { } form
                ? await PartsOfAsync(form, cancellationToken)
                : contentType.MediaType.Equals(UrlEncoded, StringComparison.OrdinalIgnoreCase)
                    ? PartsOf(TextOf(content.Bytes, contentType.Charset))
                    : await PartsOfAsync(HeaderUtilities.RemoveQuotes(contentType.Boundary).ToString(), content.Bytes, cancellationToken), antiforgeryField);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException)
        {
            // What it is then is for the endpoint to say; every byte counts.
            return null;
        }
    }

    private static async Task<List<FormPart>> PartsOfAsync(IFormCollection form, CancellationToken cancellationToken)
    {
        var parts = form.SelectMany(field => field.Value, (field, value) => FormPart.Field(field.Key, value ?? "")).ToList();
        foreach (var file in form.Files)
        {
            await using var stream = file.OpenReadStream();
            parts.Add(FormPart.File(file.Name, file.FileName, file.ContentType, await SHA256.HashDataAsync(stream, cancellationToken)));
        }

        return parts;
    }

    private static List<FormPart> PartsOf(string body)
    {
        using var reader = new FormReader(body);
        return [.. reader.ReadForm().SelectMany(field => field.Value, (field, value) => FormPart.Field(field.Key, value ?? ""))];
    }

    private static async Task<List<FormPart>> PartsOfAsync(string boundary, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var parts = new List<FormPart>();
        using var stream = new MemoryStream(body.ToArray(), writable: false);
        var reader = new MultipartReader(boundary, stream);
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            using var bytes = new MemoryStream();
            await section.Body.CopyToAsync(bytes, cancellationToken);
            if (section.GetContentDispositionHeader() is not { } disposition)
            {
                throw new InvalidDataException("A part has no Content-Disposition.");
            }

            var name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
            parts.Add(disposition.IsFileDisposition()
                ? FormPart.File(
                    name,
                    HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString(),
                    section.ContentType ?? "",
                    SHA256.HashData(bytes.ToArray()))
                : FormPart.Field(name, TextOf(bytes.ToArray(), CharsetOf(section))));
        }

        return parts;
    }

    private static StringSegment CharsetOf(MultipartSection section) => MediaTypeHeaderValue.TryParse(section.ContentType, out var contentType) ? contentType.Charset : default;

    // As the endpoint decodes it, but strictly: bytes that are no text would all become the same replacement character.
    private static string TextOf(ReadOnlyMemory<byte> bytes, StringSegment charset)
    {
        var name = HeaderUtilities.RemoveQuotes(charset).ToString();
        return Encoding.GetEncoding(name.Length == 0 ? "utf-8" : name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback).GetString(bytes.Span);
    }

    // Parts of one name keep their order; names are told apart as forms tell them apart, in any letter case.
    private static byte[] Write(List<FormPart> parts, string? antiforgeryField)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var part in parts
            .Where(part => part.IsFile || !part.Name.Equals(antiforgeryField, StringComparison.OrdinalIgnoreCase))
            .OrderBy(part => part.IsFile).ThenBy(part => part.Name, StringComparer.OrdinalIgnoreCase))
        {
            output.Write([part.IsFile ? (byte)1 : (byte)0]);
            Append(output, Encoding.UTF8.GetBytes(part.Name.ToUpperInvariant()));
            Append(output, Encoding.UTF8.GetBytes(part.FileName));
            Append(output, Encoding.UTF8.GetBytes(part.ContentType));
            Append(output, part.Content);
        }

        return output.WrittenSpan.ToArray();
    }

    private static void Append(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), bytes.Length);
        output.Advance(4);
        output.Write(bytes);
    }
}
