using System.Text.RegularExpressions;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>Where a saga lives: beside the business rows that its transitions change.</summary>
public readonly partial record struct SagaAddress
{
    /// <summary>What the keys of saga rows start with.</summary>
    public const string RowKeyPrefix = RowKeyPrefixes.Saga;

    /// <summary>Names a saga.</summary>
    /// <param name="partition">The partition of the business rows.</param>
    /// <param name="id">The saga's id, unique within the partition: 1 to 128 letters, digits, dots, hyphens and underscores.</param>
    /// <exception cref="ArgumentException">The id has other characters.</exception>
    public SagaAddress(PartitionAddress partition, string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        Id = IdPattern().IsMatch(id) ? id : throw new ArgumentException("A saga's id has 1 to 128 letters, digits, dots, hyphens and underscores.", nameof(id));
        Partition = partition;
    }

    /// <summary>The partition of the saga's row.</summary>
    public PartitionAddress Partition { get; }

    /// <summary>The saga's id.</summary>
    public string Id { get; }

    /// <summary>The saga's row.</summary>
    public RowAddress Row => Partition.Row(RowKeyPrefix + Id);

    /// <inheritdoc/>
    public override string ToString() => Row.ToString();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdPattern();
}
