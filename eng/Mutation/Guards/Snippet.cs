using System.Text.RegularExpressions;

namespace Mutation.Guards;

/// <summary>Finds a guard in a source text. White space is one whatever it is, so a snippet outlives reformatting but no change of what it says.</summary>
internal static class Snippet
{
    /// <summary>How often the guard's snippet is in a source text.</summary>
    public static int Count(string source, Guard guard) => PatternOf(guard).Count(source);

    /// <summary>The source text without the guard.</summary>
    /// <exception cref="MutationException">The snippet is not there, or more than once: the list of guards has to follow the code.</exception>
    public static string TakeOut(string source, Guard guard)
    {
        var found = PatternOf(guard).Matches(source);
        return found is [var only]
            ? string.Concat(source.AsSpan(0, only.Index), guard.Replacement, source.AsSpan(only.Index + only.Length))
            : throw new MutationException($"'{guard.Name}': its snippet is {found.Count} times in {guard.File} instead of once. Change the guard's entry together with the code.");
    }

    private static Regex PatternOf(Guard guard) =>
        new(string.Join(@"\s+", guard.Snippet.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Regex.Escape)), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
}
