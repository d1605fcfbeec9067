using System.Buffers.Text;
using System.Text;
using ServerlessIdempotency.Rows;

namespace Payments.Unsent;

/// <summary>The name of an unsent message: the place of its row, as one segment of a path.</summary>
internal static class UnsentMessageId
{
    // No key of a row may hold it.
    private const char Separator = '/';

    public static string Of(RowAddress address) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join(Separator, address.Table, address.PartitionKey, address.RowKey)));

    /// <summary>Reads a name that came from outside. It leads into the app's own tables only.</summary>
    public static bool TryParse(string text, out RowAddress address)
    {
        address = default;
        if (!Base64Url.IsValid(text) || Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(Separator) is not [var table, var partition, var row] || !PaymentsTables.All.Contains(table))
        {
            return false;
        }

        address = new RowAddress(table, partition, row);
        return true;
    }
}
