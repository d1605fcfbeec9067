using System.Buffers.Text;
using System.Text;
using ServerlessIdempotency.Rows;

namespace Payments.Unsent;

/// <summary>The name of an unsent message: the place of its row, as one segment of a path.</summary>
internal static class UnsentMessageId
{
    // No key of a row may hold it.
    private const char Separator = '/';

    // How the library begins the keys of the outbox's rows.
    private const string RowPrefix = "outbox|";

    // 1 KiB of UTF-16: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model.
    private const int MaxKeyLength = 512;

    public static string Of(RowAddress address) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join(Separator, address.Table, address.PartitionKey, address.RowKey)));

    /// <summary>Reads a name that came from outside. It leads to outbox rows of the app's own tables only, and never to a key that the store would throw at.</summary>
    public static bool TryParse(string text, out RowAddress address)
    {
        address = default;
        if (!Base64Url.IsValid(text)
            || Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(Separator) is not [var table, var partition, var row]
            || !PaymentsTables.All.Contains(table)
            || !IsKey(partition)
            || !IsKey(row)
            || !row.StartsWith(RowPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        address = new RowAddress(table, partition, row);
        return true;
    }

    private static bool IsKey(string key) => key.Length <= MaxKeyLength && !key.Any(character => character is '\\' or '#' or '?' || char.IsControl(character));
}
