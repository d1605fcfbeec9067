using System.Text.Json;
using Payments.Json;

namespace Payments.Parked;

/// <summary>Reads a decision and says everything that is wrong with it, member by member.</summary>
internal static class ResolveReader
{
    private const int MaxNote = 4_000;

    /// <param name="utf8Json">The body.</param>
    /// <param name="parse">Reads the decision; null where there is none of that name.</param>
    /// <param name="decisions">What may be decided, as a sentence names it.</param>
    public static ((T Decision, string Note)? Resolve, IReadOnlyDictionary<string, string[]> Errors) Read<T>(ReadOnlyMemory<byte> utf8Json, Func<string?, T?> parse, string decisions)
        where T : struct
    {
        var errors = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        T? decision = null;
        string? note = null;
        try
        {
            using var document = StrictJson.Parse(utf8Json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                errors[""] = ["The body must be a JSON object with decision and note."];
                return (null, errors);
            }

            foreach (var member in document.RootElement.EnumerateObject())
            {
                switch (member.Name)
                {
                    case "decision":
                        decision = parse(StrictJson.TextOf(member.Value));
                        break;
                    case "note":
                        note = StrictJson.TextOf(member.Value) is { Length: <= MaxNote } text && !string.IsNullOrWhiteSpace(text) ? text : null;
                        break;
                    default:
                        errors[member.Name.Length <= 64 ? member.Name : member.Name[..64] + "…"] = ["There is no such member: send decision and note."];
                        break;
                }
            }
        }
        catch (JsonException exception)
        {
            errors[""] = [$"The body is not valid JSON. {exception.Message}"];
            return (null, errors);
        }

        if (decision is null)
        {
            errors["decision"] = [$"Must be {decisions}."];
        }

        if (note is null)
        {
            errors["note"] = [$"Must say why, in 1 to {MaxNote} characters."];
        }

        return (errors.Count == 0 ? (decision!.Value, note!) : null, errors);
    }
}
