using System.Text.Json.Serialization;

namespace Payments.Ledger;

/// <summary>The side of an entry.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LedgerEntryType>))]
internal enum LedgerEntryType
{
    /// <summary>The account pays: its amount is negative.</summary>
    [JsonStringEnumMemberName("debit")]
    Debit,

    /// <summary>The account is paid: its amount is positive.</summary>
    [JsonStringEnumMemberName("credit")]
    Credit,
}
