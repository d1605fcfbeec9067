namespace FunctionsHost;

/// <summary>The keys that this host keeps: the master key, one of the host for every function, and one of each function's own.</summary>
internal static class FunctionKeys
{
    public const string Master = "master-key-4f1c";
    public const string OfHost = "host-key-90aa";

    public static string Of(string function) => $"key-of-{function}-77d1";

    public static bool Opens(string? level, string function, string? key) => level?.ToLowerInvariant() switch
    {
        "anonymous" => true,
        "function" => key == Master || key == OfHost || key == Of(function),
        "admin" => key == Master,
        _ => false,
    };
}
