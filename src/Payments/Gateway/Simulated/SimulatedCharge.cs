using ServerlessIdempotency.Rows;

namespace Payments.Gateway.Simulated;

/// <summary>How the simulated gateway stores a charge: the row <c>charge|{key}</c> of its account's partition.</summary>
internal static class SimulatedCharge
{
    public const string KeyPrefix = "charge|";

    private const string Prevented = "Prevented";

    public static RowWrite ToInsert(SimulatedReference reference, GatewayCharge charge) =>
        RowWrite.Insert(reference.RowKey, ToValues(charge));

    /// <summary>A charge that is undecided now, and is decided from a moment on.</summary>
    public static RowWrite ToInsert(SimulatedReference reference, GatewayCharge charge, GatewayChargeStatus later, DateTimeOffset from) =>
        RowWrite.Insert(reference.RowKey, new Dictionary<string, object>(ToValues(charge)) { ["DecidesTo"] = later.ToString(), ["DecidesAt"] = from });

    /// <summary>The charge as it is decided by now; null where nothing is to be decided yet.</summary>
    public static GatewayCharge? DecidedBy(Row row, DateTimeOffset now) =>
        !IsTombstone(row) && row.GetDateTimeOffset("DecidesAt") is { } from && now >= from
            ? ToCharge(row) with { Status = Enum.Parse<GatewayChargeStatus>(row.GetString("DecidesTo")!) }
            : null;

    /// <summary>A charge whose first refund is not done at once.</summary>
    public static RowWrite ToInsert(SimulatedReference reference, GatewayCharge charge, TestPaymentMethod.RefundsLater refunds) =>
        RowWrite.Insert(reference.RowKey, new Dictionary<string, object>(ToValues(charge))
        {
            ["RefundMilliseconds"] = (long)refunds.Delay.TotalMilliseconds,
            ["RefundEnds"] = (refunds.Fails ? GatewayChargeStatus.Captured : GatewayChargeStatus.Refunded).ToString(),
        });

    /// <summary>The charge with its refund begun; null where its refunds are done at once.</summary>
    public static RowWrite? ToRefunding(SimulatedReference reference, Row row, DateTimeOffset now) =>
        row.GetInt64("RefundMilliseconds") is { } milliseconds
            ? RowWrite.Replace(
                reference.RowKey,
                new Dictionary<string, object>(ToValues(ToCharge(row) with { Status = GatewayChargeStatus.Refunding }))
                {
                    ["RefundMilliseconds"] = milliseconds,
                    ["DecidesTo"] = row.GetString("RefundEnds")!,
                    ["DecidesAt"] = now + TimeSpan.FromMilliseconds(milliseconds),
                },
                row.ETag)
            : null;

    public static RowWrite ToReplace(SimulatedReference reference, GatewayCharge charge, string etag) =>
        RowWrite.Replace(reference.RowKey, ToValues(charge), etag);

    /// <summary>The row that stands where a charge must never come to stand.</summary>
    public static Dictionary<string, object> ToTombstone(DateTimeOffset at) => new() { ["Status"] = Prevented, ["At"] = at };

    public static bool IsTombstone(Row row) => row.GetString("Status") == Prevented;

    public static GatewayCharge ToCharge(Row row) => new(
        row.GetString("Reference")!,
        row.GetString("Key")!,
        row.GetString("AccountId")!,
        row.GetInt64("Amount")!.Value,
        row.GetString("Currency")!,
        Enum.Parse<GatewayChargeStatus>(row.GetString("Status")!),
        row.GetDateTimeOffset("CreatedAt")!.Value);

    /// <summary>The charge as it is decided. A refund that came to nothing is followed by one that is pending as long, and done then.</summary>
    public static RowWrite ToDecided(SimulatedReference reference, Row row, GatewayCharge decided)
    {
        var values = ToValues(decided);
        if (decided.Status == GatewayChargeStatus.Captured && row.GetInt64("RefundMilliseconds") is { } milliseconds)
        {
            values["RefundMilliseconds"] = milliseconds;
            values["RefundEnds"] = nameof(GatewayChargeStatus.Refunded);
        }

        return RowWrite.Replace(reference.RowKey, values, row.ETag);
    }

    private static Dictionary<string, object> ToValues(GatewayCharge charge) => new()
    {
        ["Reference"] = charge.Reference,
        ["Key"] = charge.Key,
        ["AccountId"] = charge.AccountId,
        ["Amount"] = charge.Amount,
        ["Currency"] = charge.Currency,
        ["Status"] = charge.Status.ToString(),
        ["CreatedAt"] = charge.CreatedAt,
    };
}
