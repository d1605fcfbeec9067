using System.Reflection;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Tests.Rows;

public sealed class RowKeyPrefixesTests
{
    private static readonly string[] All =
        [.. typeof(RowKeyPrefixes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!)];

    // Stored rows carry them: a prefix that is renamed forgets every record there is.
    [Fact]
    public void The_prefixes_are_those_of_stored_rows() =>
        Assert.Equal(["event|", "idem-decision|", "idem|", "outbox|", "saga-audit|", "saga-open|", "saga|"], All.Order(StringComparer.Ordinal));

    [Fact]
    public void No_prefix_begins_another() =>
        Assert.All(All, prefix => Assert.Single(All, other => other.StartsWith(prefix, StringComparison.Ordinal)));
}
