using System.Text.Json;

namespace Mutation.Compiling;

/// <summary>Reads what <c>dotnet msbuild -getItem:CscCommandLineArgs</c> prints.</summary>
internal static class CompilerArguments
{
    public static IReadOnlyList<string> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)];
    }
}
