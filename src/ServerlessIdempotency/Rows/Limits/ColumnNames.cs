using System.Globalization;

namespace ServerlessIdempotency.Rows.Limits;

/// <summary>
/// Names that Table Storage takes for a property: identifiers as in C# and XML, 255 characters at most.
/// https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#property-names.
/// </summary>
internal static class ColumnNames
{
    private static readonly HashSet<string> System = new(StringComparer.OrdinalIgnoreCase) { "PartitionKey", "RowKey", "Timestamp" };

    public static void Check(RowAddress row, string column)
    {
        if (System.Contains(column))
        {
            throw new ArgumentException($"The column '{column}' of {row} has a name that belongs to Table Storage: choose another.");
        }

        if (column.Length is 0 or > TableLimits.ColumnNameCharacters)
        {
            throw new ArgumentException($"The column '{column}' of {row} has a name of {column.Length} characters: 1 to {TableLimits.ColumnNameCharacters} are allowed.");
        }

        if (!(char.IsLetter(column[0]) || column[0] == '_') || !column.All(IsIdentifierPart))
        {
            throw new ArgumentException($"The column '{column}' of {row} has a name that is no identifier: start it with a letter or '_' and use letters, digits and '_'.");
        }
    }

    private static bool IsIdentifierPart(char character) => char.IsLetterOrDigit(character)
        || char.GetUnicodeCategory(character) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
