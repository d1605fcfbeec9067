using System.Globalization;
using ServerlessIdempotency.Inbox.DeadLetters;
using ServerlessIdempotency.Rows;

namespace Payments.DeadLetters;

/// <summary>The row of a discarded letter, a partition for each queue, the newest first. It does not expire.</summary>
internal static class DiscardedLetterRow
{
    /// <summary>A text of the store has 64 KiB of UTF-16: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model.</summary>
    private const int MaxText = 32_000;

    // No merchant's: those hold a '~' and no '|'.
    public static PartitionAddress PartitionOf(string queue) => new(PaymentsTables.Payments, $"discarded|{queue}");

    /// <summary>What the keys begin with of letters that had this number. A broker that began to count anew gives it to another letter, which came at another time.</summary>
    public static string PrefixOf(long sequenceNumber) => string.Create(CultureInfo.InvariantCulture, $"discarded|{long.MaxValue - sequenceNumber:d19}|");

    public static RowWrite ToInsert(DeadLetter letter, string note, string by, DateTimeOffset at)
    {
        var values = new Dictionary<string, object>
        {
            ["SequenceNumber"] = letter.SequenceNumber,
            ["EnqueuedAt"] = letter.EnqueuedAt,
            ["Body"] = Cut(letter.Body),
            ["BodyLength"] = (long)letter.Body.Length,
            ["Note"] = note,
            ["By"] = by,
            ["At"] = at,
        };
        foreach (var (name, text) in new[] { ("MessageId", letter.MessageId), ("SessionId", letter.SessionId), ("Subject", letter.Subject), ("Reason", letter.Reason), ("Description", letter.Description) })
        {
            if (text is not null)
            {
                values[name] = Cut(text);
            }
        }

        return RowWrite.Insert(string.Create(CultureInfo.InvariantCulture, $"{PrefixOf(letter.SequenceNumber)}{letter.EnqueuedAt.UtcTicks:d19}"), values);
    }

    public static DiscardedLetter ToLetter(string queue, Row row) => new(
        queue,
        row.GetInt64("SequenceNumber")!.Value,
        row.GetString("MessageId"),
        row.GetString("SessionId"),
        row.GetString("Subject"),
        row.GetDateTimeOffset("EnqueuedAt")!.Value,
        row.GetString("Reason"),
        row.GetString("Description"),
        row.GetString("Body")!,
        row.GetInt64("BodyLength")!.Value,
        row.GetString("Note")!,
        row.GetString("By")!,
        row.GetDateTimeOffset("At")!.Value);

    // Not in the middle of a character.
    private static string Cut(string text) => text.Length <= MaxText ? text : text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)];
}
