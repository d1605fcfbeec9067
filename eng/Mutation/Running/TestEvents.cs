namespace Mutation.Running;

/// <summary>What a test host says on its standard output, a line each; anything else there is a test's own.</summary>
internal static class TestEvents
{
    public const string Started = "##mutation started ";
    public const string Ended = "##mutation ended ";
    public const string Failed = "##mutation failed ";
    public const string Done = "##mutation done ";
    public const string Ready = "##mutation ready";

    /// <summary>A test's name without its namespace: class and method, and the arguments of a theory.</summary>
    public static string ShortName(string displayName)
    {
        var arguments = displayName.IndexOf('(', StringComparison.Ordinal);
        var method = arguments < 0 ? displayName : displayName[..arguments];
        var parts = method.Split('.');
        return string.Join('.', parts[Math.Max(0, parts.Length - 2)..]);
    }
}
