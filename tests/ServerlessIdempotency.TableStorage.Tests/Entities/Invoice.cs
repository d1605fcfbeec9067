using System.Runtime.Serialization;
using Azure;
using Azure.Data.Tables;

namespace ServerlessIdempotency.TableStorage.Tests.Entities;

internal sealed class Invoice : ITableEntity
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public long Cents { get; set; }

    public int? Discount { get; set; }

    public DayOfWeek Day { get; set; }

    public DateTime Due { get; set; }

    public BinaryData? Scan { get; set; }

    [DataMember(Name = "Customer")]
    public string? CustomerName { get; set; }

    [IgnoreDataMember]
    public string? Note { get; set; }
}
