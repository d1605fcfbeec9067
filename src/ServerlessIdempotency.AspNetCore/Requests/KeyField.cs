using System.Text.Json;
using ServerlessIdempotency.AspNetCore.Problems;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>Reads the key from a field of the JSON body.</summary>
internal static class KeyField
{
    public static KeyReading Read(ReadOnlyMemory<byte> body, JsonKeyPath path)
    {
        if (body.IsEmpty)
        {
            return new KeyReading.Absent();
        }

        string? text;
        try
        {
            text = path.Find(body);
        }
        catch (JsonException exception)
        {
            return new KeyReading.Unreadable(Problem.BodyInvalid(exception.Message));
        }

        if (text is null)
        {
            return new KeyReading.Absent();
        }

        try
        {
            return new KeyReading.Present(IdempotencyKey.Create(text));
        }
        catch (ArgumentException exception)
        {
            return new KeyReading.Refused(Problem.KeyFieldInvalid(path.Text, exception.Message));
        }
    }
}
