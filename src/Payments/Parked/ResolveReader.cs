using System.Text.Json;
using Payments.Json;
using ServerlessIdempotency.Sagas;

namespace Payments.Parked;

/// <summary>Reads a decision and says everything that is wrong with it, member by member.</summary>
internal static class ResolveReader
{
    private const int MaxNote = 4_000;

    public static ((ParkedDecision Decision, string Note)? Resolve, IReadOnlyDictionary<string, string[]> Errors) Read(ReadOnlyMemory<byte> utf8Json)
    {
        var errors = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        ParkedDecision? decision = null;
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
                        decision = DecisionWords.Parse(StrictJson.TextOf(member.Value));
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
            errors["decision"] = ["Must be retry, succeeded or failed."];
        }

        if (note is null)
        {
            errors["note"] = [$"Must say why, in 1 to {MaxNote} characters."];
        }

        return (errors.Count == 0 ? (decision!.Value, note!) : null, errors);
    }
}
