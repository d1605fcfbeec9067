namespace ServerlessIdempotency.AspNetCore.Execution;

internal static class OperationName
{
    /// <summary>A name with what the operation is about: <c>close-account(1)</c>. Arguments are escaped, so that no two lists read alike.</summary>
    public static string Of(string name, IEnumerable<string> arguments)
    {
        string[] list = [.. arguments.Select(Uri.EscapeDataString)];
        return list.Length == 0 ? name : $"{name}({string.Join(',', list)})";
    }
}
