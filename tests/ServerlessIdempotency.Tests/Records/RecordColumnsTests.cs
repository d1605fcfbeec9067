using CsCheck;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Tests.Records;

public sealed class RecordColumnsTests
{
    private static readonly RowAddress Address = new("T", "p", "r");

    [Fact]
    public void Every_body_comes_back_byte_for_byte() =>
        Gen.Select(Gen.OneOf(Gen.Int[0, 3_000], Gen.Int[60_000, 200_000]), Gen.Bool, Gen.Int).Sample(
            (length, random, seed) =>
            {
                var body = new byte[length];
                if (random)
                {
                    new Random(seed).NextBytes(body);
                }

                Assert.Equal(body, RoundTrip(Completed(body)).Result!.Body.ToArray());
            },
            iter: 200);

    [Fact]
    public void A_record_comes_back_whole()
    {
        var record = Completed([1, 2, 3]) with { Steps = new Dictionary<string, byte[]?> { ["charge"] = "{\"id\":1}"u8.ToArray(), ["ß\"/"] = "null"u8.ToArray() } };

        var back = RoundTrip(record);

        Assert.Equal(record with { Steps = back.Steps, Result = back.Result }, back);
        Assert.Equal(record.Steps, back.Steps);
        Assert.Equal(record.Result!.Headers, back.Result!.Headers);
        Assert.Equal(record.Result.StatusCode, back.Result.StatusCode);
    }

    [Fact]
    public void A_tombstone_keeps_status_headers_and_the_size_of_its_body()
    {
        var tombstone = Completed([]);
        tombstone = tombstone with { State = RecordState.Tombstone, Result = tombstone.Result! with { Body = default, OmittedBodyLength = 5_000_000_000 } };

        var back = RoundTrip(tombstone);

        Assert.True(back.IsDone);
        Assert.Equal(RecordState.Tombstone, back.State);
        Assert.Equal(tombstone.Result, back.Result! with { Headers = tombstone.Result.Headers });
        Assert.Equal(tombstone.Result.Headers, back.Result!.Headers);
    }

    /// <summary>A state that forbids something must not be taken for one that allows it.</summary>
    [Theory]
    [InlineData("Frozen")]
    [InlineData("1")]
    [InlineData("completed")]
    public void A_record_of_an_unknown_state_is_refused(string state)
    {
        var values = RecordColumns.ToValues(Completed([]));
        values["State"] = state;

        Assert.Throws<InvalidDataException>(() => RecordColumns.FromRow(new Row(Address, "1", values)));
    }

    [Fact]
    public void No_column_exceeds_64_KiB()
    {
        var body = new byte[700_000];
        new Random(1).NextBytes(body);

        Assert.All(RecordColumns.ToValues(Completed(body)).Values.OfType<byte[]>(), column => Assert.InRange(column.Length, 1, 64 * 1024));
    }

    [Fact]
    public void A_record_of_a_later_schema_is_refused_rather_than_misread()
    {
        var values = RecordColumns.ToValues(Completed([]));
        values["SchemaVersion"] = 3;

        Assert.Throws<InvalidDataException>(() => RecordColumns.FromRow(new Row(Address, "1", values)));
    }

    /// <summary>During a deployment rows of the version before are still there.</summary>
    [Fact]
    public void A_record_of_the_schema_before_is_read()
    {
        var record = Completed([1, 2, 3]);
        var values = RecordColumns.ToValues(record);
        values["SchemaVersion"] = 1;
        values.Remove("IdempotencyExpiresAt");
        values["ExpiresAt"] = record.ExpiresAt;

        Assert.Equal(record.ExpiresAt, RecordColumns.FromRow(new Row(Address, "1", values)).ExpiresAt);
    }

    [Theory]
    [InlineData("State")]
    [InlineData("Fingerprint")]
    [InlineData("Owner")]
    [InlineData("Epoch")]
    [InlineData("LeaseUntil")]
    [InlineData("IdempotencyExpiresAt")]
    public void A_record_that_lacks_a_column_is_refused(string column)
    {
        var values = RecordColumns.ToValues(Completed([]));
        values.Remove(column);

        Assert.Throws<InvalidDataException>(() => RecordColumns.FromRow(new Row(Address, "1", values)));
    }

    /// <summary>Guards <c>whole</c> in <c>BodyCodec.Decode</c>: a part of a result must not be replayed as the result.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(5_000)]
    public void A_body_that_is_not_whole_is_refused(int length)
    {
        var values = RecordColumns.ToValues(Completed(new byte[length]));
        values["BodyLength"] = length + 1;

        Assert.Throws<InvalidDataException>(() => RecordColumns.FromRow(new Row(Address, "1", values)));
    }

    private static IdempotencyRecord RoundTrip(IdempotencyRecord record) => RecordColumns.FromRow(new Row(Address, "1", RecordColumns.ToValues(record)));

    private static IdempotencyRecord Completed(byte[] body) => new()
    {
        State = RecordState.Completed,
        Fingerprint = new Fingerprint("f"),
        Owner = "o",
        Epoch = 3,
        LeaseUntil = DateTimeOffset.UnixEpoch.AddDays(1),
        StartedAt = DateTimeOffset.UnixEpoch,
        ClaimedAt = DateTimeOffset.UnixEpoch.AddHours(1),
        Retention = TimeSpan.FromDays(8),
        ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(2),
        Result = new OperationResult(201, [KeyValuePair.Create("Location", "/a"), KeyValuePair.Create("Link", "x"), KeyValuePair.Create("Link", "y")], body),
    };
}
