using System.Text.Json;
using Payments.Json;

namespace Payments.DeadLetters;

/// <summary>Reads why a dead letter is discarded.</summary>
internal static class DiscardReader
{
    private const int MaxNote = 4_000;

    /// <exception cref="JsonException">The body is not valid JSON.</exception>
    public static (string? Note, IReadOnlyDictionary<string, string[]> Errors) Read(ReadOnlyMemory<byte> utf8Json)
    {
        using var document = StrictJson.Parse(utf8Json);
        var members = document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.EnumerateObject().ToList() : [];
        var errors = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var name in members.Select(member => member.Name).Where(name => name != "note"))
        {
            errors[name.Length <= 64 ? name : name[..64] + "…"] = ["There is no such member: send note."];
        }

        var note = members.Where(member => member.Name == "note").Select(member => StrictJson.TextOf(member.Value)).FirstOrDefault();
        if (string.IsNullOrWhiteSpace(note) || note.Length > MaxNote)
        {
            errors["note"] = [$"Must say why, in 1 to {MaxNote} characters."];
        }

        return (errors.Count == 0 ? note : null, errors);
    }
}
