using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>Keys and transactions as they read in a story.</summary>
internal static class RowText
{
    private const int Longest = 18;

    public static string Of(string key) => key.Length == 0 ? "all" : string.Join('|', key.Split('|').Select(part => part.Length > Longest ? part[..6] + "…" : part));

    public static string Of(RowTransaction transaction)
    {
        var shown = transaction.Writes.Take(2).Select(write => write switch
        {
            RowWrite.InsertRow => $"inserts {Of(write.RowKey)}",
            RowWrite.ReplaceRow => $"replaces {Of(write.RowKey)}",
            _ => $"deletes {Of(write.RowKey)}",
        });
        var more = transaction.Writes.Count > 2 ? $" (+{transaction.Writes.Count - 2} more)" : "";
        return string.Join(" + ", shown) + more;
    }
}
