using System.Globalization;
using Payments.Events;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Rows;

namespace Payments.Accounts;

/// <summary>How a statement's line is stored: <c>entry|{moment}|{event}</c>, so that listing the partition gives the order.</summary>
internal static class StatementEntryRow
{
    public const string KeyPrefix = "entry|";

    /// <summary>The line that an event adds; null where the event moved no money.</summary>
    public static RowWrite? ToInsert(PaymentEvent change)
    {
        var sign = change.Type switch
        {
            PaymentEventType.Captured => 1,
            PaymentEventType.Refunded => -1,
            _ => 0,
        };
        return sign == 0 ? null : RowWrite.Insert(
            // The id is anyone's text, so it enters the key hashed.
            string.Create(CultureInfo.InvariantCulture, $"{KeyPrefix}{change.Time.UtcTicks:D19}|{EventId.FromCloudEvent(change.Source, change.Id)}"),
            new Dictionary<string, object>
            {
                ["EventId"] = change.Id,
                ["Type"] = change.Type,
                ["PaymentId"] = change.Data.PaymentId,
                ["Amount"] = sign * change.Data.Amount,
                ["Currency"] = change.Data.Currency,
                ["At"] = change.Time,
            });
    }

    public static StatementEntry ToEntry(Row row) => new(
        row.GetString("EventId")!,
        row.GetString("Type")!,
        row.GetString("PaymentId")!,
        row.GetInt64("Amount")!.Value,
        row.GetString("Currency")!,
        row.GetDateTimeOffset("At")!.Value);
}
