using System.Globalization;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox;

/// <summary>The row that says a consumer has applied an event, and which messages that sent.</summary>
internal sealed record ProcessedEvent(string Consumer, string OperationHash, int Messages, DateTimeOffset AppliedAt, DateTimeOffset ExpiresAt, Fingerprint? Content)
{
    public AppliedEvent Applied => new(Content, ExpiresAt);

    public static ProcessedEvent Of(InboxContext context, InboxDecision.Apply apply, TimeSpan retention) =>
        new(context.Delivery.Consumer, context.OperationHash, apply.Messages.Count, context.AppliedAt, context.AppliedAt + retention, context.Content);

    public static string RowKey(InboxDelivery delivery, EventId eventId) =>
        RowKeyPrefixes.ProcessedEvent + Keys.OperationHash.ComputeText("processed", delivery.Tenant, delivery.Consumer, eventId.Value);

    /// <summary>Names one application of an event: after the retention it is another one, so its messages have other ids (law 8).</summary>
    public static string OperationHashOf(RowAddress address, DateTimeOffset appliedAt) =>
        Keys.OperationHash.ComputeText("application", address.Table, address.PartitionKey, address.RowKey, appliedAt.UtcTicks.ToString(CultureInfo.InvariantCulture));

    public static ProcessedEvent FromRow(Row row) => new(
        row.GetString(nameof(Consumer)) ?? throw Unreadable(row, nameof(Consumer)),
        row.GetString(nameof(OperationHash)) ?? throw Unreadable(row, nameof(OperationHash)),
        (int)(row.GetInt64(nameof(Messages)) ?? 0),
        row.GetDateTimeOffset(nameof(AppliedAt)) ?? throw Unreadable(row, nameof(AppliedAt)),
        row.GetDateTimeOffset(RowColumns.ExpiresAt) ?? row.GetDateTimeOffset(RowColumns.PreviousExpiresAt) ?? throw Unreadable(row, RowColumns.ExpiresAt),
        row.GetString(RowColumns.Content) is { } content ? new Fingerprint(content) : null);

    public RowWrite ToWrite(string rowKey, Row? expired)
    {
        var values = new Dictionary<string, object>
        {
            [nameof(Consumer)] = Consumer,
            [nameof(OperationHash)] = OperationHash,
            [nameof(Messages)] = Messages,
            [nameof(AppliedAt)] = AppliedAt,
            [RowColumns.ExpiresAt] = ExpiresAt,
        };
        if (Content is { } content)
        {
            values[RowColumns.Content] = content.Value;
        }

        return expired is null ? RowWrite.Insert(rowKey, values) : RowWrite.Replace(rowKey, values, expired.ETag);
    }

    private static InvalidDataException Unreadable(Row row, string column) => new($"The row {row.Address} lacks the column {column} of a processed event.");
}
