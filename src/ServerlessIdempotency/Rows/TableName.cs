namespace ServerlessIdempotency.Rows;

/// <summary>What Table Storage takes for a table's name.</summary>
internal static class TableName
{
    public static bool IsValid(string? table) => table is { Length: >= 3 and <= 63 } && char.IsAsciiLetter(table[0]) && table.All(char.IsAsciiLetterOrDigit)
        && !string.Equals(table, "tables", StringComparison.OrdinalIgnoreCase);
}
