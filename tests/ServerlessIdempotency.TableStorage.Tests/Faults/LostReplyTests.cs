using ServerlessIdempotency.Rows;
using TestDoubles.Storage;

namespace ServerlessIdempotency.TableStorage.Tests.Faults;

/// <summary>Law 5 over the real pipeline: RowWriter, the SDK with its retries, and Azurite, with a fault between the SDK and the wire.</summary>
[Collection(OneAzurite.Name)]
public sealed class LostReplyTests(AzuriteFixture azurite)
{
    private readonly StorageCallRecorder _recorder = new();
    private readonly FaultTransport _faults = new();

    public static TheoryData<string, string, int> WritesAndFaults
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (var write in new[] { "insert", "replace", "delete", "transaction of insert", "transaction of replace", "transaction of deletes" })
            {
                foreach (var fault in Faults.Keys.Where(fault => write.StartsWith("transaction", StringComparison.Ordinal) || !fault.EndsWith("inside", StringComparison.Ordinal)))
                {
                    // Without repetitions by the SDK the first lost reply is read back, and there is no second one to lose.
                    if (fault != "reply lost twice")
                    {
                        data.Add(write, fault, 0);
                    }

                    data.Add(write, fault, 3);
                }
            }

            return data;
        }
    }

    private static Dictionary<string, StorageFault[]> Faults => new()
    {
        ["reply lost"] = [StorageFault.DropReply],
        ["reply lost twice"] = [StorageFault.DropReply, StorageFault.DropReply],
        ["request lost"] = [StorageFault.FailBefore],
        ["request lost, then reply lost"] = [StorageFault.FailBefore, StorageFault.DropReply],
        ["500 after the write"] = [StorageFault.AnswerAfter(500, "OperationTimedOut")],
        ["503"] = [StorageFault.Answer(503, "ServerBusy")],
        ["503 without a code"] = [StorageFault.Answer(503)],
        ["429"] = [StorageFault.Answer(429, "TooManyRequests")],
        ["408"] = [StorageFault.Answer(408)],
        ["500 inside"] = [StorageFault.AnswerInside(500, "InternalError")],
        ["503 inside"] = [StorageFault.AnswerInside(503, "ServerBusy", index: null)],
        ["429 inside"] = [StorageFault.AnswerInside(429, "TooManyRequests", index: 1)],
    };

    [Theory]
    [MemberData(nameof(WritesAndFaults))]
    public async Task A_fault_makes_no_false_conflict_and_no_second_row(string write, string fault, int sdkRetries)
    {
        var store = CreateStore(sdkRetries);
        var partition = new PartitionAddress(AzuriteFixture.NewTableName(), "partition");
        var etags = await SeedAsync(store, partition);
        var (writes, operation, expected) = Prepare(write, etags);
        _faults.Next(operation, Faults[fault]);

        var outcome = await Writer(store).WriteAsync(partition, writes, CancellationToken.None);

        var written = Assert.IsType<CommitOutcome.Written>(outcome);
        Assert.Equal(0, _faults.Pending);
        var rows = await ListAsync(store, partition);
        Assert.Equal(expected, string.Join(' ', rows.Select(row => $"{row.Address.RowKey}={row.GetString("Text")}")));
        if (writes[0] is not RowWrite.DeleteRow)
        {
            // The version that is answered can fence the next write, whether it came from the reply or was read back.
            Assert.Equal(rows.Single(row => row.Address.RowKey == writes[0].RowKey).ETag, written.GuardETag);
        }
    }

    [Theory]
    [InlineData("insert", RefusalReason.AlreadyExists)]
    [InlineData("replace", RefusalReason.Stale)]
    [InlineData("transaction of insert", RefusalReason.AlreadyExists)]
    [InlineData("transaction of replace", RefusalReason.Stale)]
    public async Task Somebody_elses_write_is_a_conflict_although_a_request_was_lost(string write, RefusalReason reason)
    {
        var store = CreateStore(sdkRetries: 3);
        var partition = new PartitionAddress(AzuriteFixture.NewTableName(), "partition");
        var etags = await SeedAsync(store, partition);
        var (writes, operation, _) = Prepare(write, etags);
        await Writer(store).WriteAsync(partition, [Others(writes[0])], CancellationToken.None);
        _faults.Next(operation, StorageFault.FailBefore);

        var outcome = await Writer(store).WriteAsync(partition, writes, CancellationToken.None);

        var refused = Assert.IsType<CommitOutcome.Refused>(outcome);
        Assert.Equal(reason, refused.Reason);
        Assert.Equal("theirs", refused.Current?.GetString("Text"));
        Assert.Equal(0, _faults.Pending);

        static RowWrite Others(RowWrite write) => write switch
        {
            RowWrite.InsertRow insert => insert with { Values = Text("theirs") },
            RowWrite.ReplaceRow replace => replace with { Values = Text("theirs") },
            _ => throw new NotSupportedException(),
        };
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task A_store_that_stays_silent_is_unavailable(int sdkRetries)
    {
        var store = CreateStore(sdkRetries);
        _faults.Otherwise = _ => StorageFault.FailBefore;
        var partition = new PartitionAddress(AzuriteFixture.NewTableName(), "partition");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAsync(partition.Row("row"), CancellationToken.None));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ListAsync(store, partition));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Writer(store).WriteAsync(partition, [RowWrite.Insert("row", Text("text"))], CancellationToken.None));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.EnsureTablesAsync([partition.Table], CancellationToken.None));
    }

    [Fact]
    public async Task Random_faults_lose_no_increment_and_make_none_twice()
    {
        const int Seed = 20261124;
        const int Increments = 120;
        var random = new Random(Seed);
        var store = CreateStore(sdkRetries: 2);
        var partition = new PartitionAddress(AzuriteFixture.NewTableName(), "partition");
        var writer = Writer(store);
        await writer.WriteAsync(partition, [RowWrite.Insert("count", new Dictionary<string, object> { ["N"] = 0 })], CancellationToken.None);
        _faults.Otherwise = call => !call.IsWrite ? null : random.Next(4) switch
        {
            0 => StorageFault.DropReply,
            1 => StorageFault.FailBefore,
            _ => null,
        };

        for (var number = 1; number <= Increments; number++)
        {
            var count = (await store.ReadAsync(partition.Row("count"), CancellationToken.None))!;
            var outcome = await writer.WriteAsync(
                partition,
                [RowWrite.Replace("count", new Dictionary<string, object> { ["N"] = number }, count.ETag), RowWrite.Insert($"entry|{number:D4}", Text("entry"))],
                CancellationToken.None);
            Assert.True(outcome is CommitOutcome.Written, $"Increment {number} of seed {Seed}: {outcome}");
        }

        var rows = await ListAsync(store, partition);
        Assert.Equal(Increments + 1, rows.Count);
        Assert.Equal(Increments, rows[0].GetInt64("N"));
    }

    private static Dictionary<string, object> Text(string text) => new() { ["Text"] = text };

    private static RowWriter Writer(TableStorageRowStore store) =>
        new(store, new RowWriterOptions { MaxResends = 5, ResendDelay = TimeSpan.Zero }, TimeProvider.System);

    private static async Task<string[]> SeedAsync(TableStorageRowStore store, PartitionAddress partition)
    {
        var outcome = await store.WriteAsync(
            new RowTransaction(partition, [RowWrite.Insert("a", Text("old")), RowWrite.Insert("b", Text("old"))]), CancellationToken.None);
        return [.. Assert.IsType<WriteOutcome.Applied>(outcome).ETags.Select(etag => etag!)];
    }

    private static (RowWrite[] Writes, StorageOperation Operation, string Expected) Prepare(string write, string[] etags) => write switch
    {
        "insert" => ([RowWrite.Insert("new", Text("mine"))], StorageOperation.Insert, "a=old b=old new=mine"),
        "replace" => ([RowWrite.Replace("a", Text("mine"), etags[0])], StorageOperation.Update, "a=mine b=old"),
        "delete" => ([RowWrite.Delete("a", etags[0])], StorageOperation.Delete, "b=old"),
        "transaction of insert" => (
            [RowWrite.Insert("new", Text("mine")), RowWrite.Insert("row", Text("mine")), RowWrite.Delete("b", etags[1])], StorageOperation.Transaction, "a=old new=mine row=mine"),
        "transaction of replace" => (
            [RowWrite.Replace("a", Text("mine"), etags[0]), RowWrite.Insert("row", Text("mine")), RowWrite.Replace("b", Text("mine"), etags[1])], StorageOperation.Transaction, "a=mine b=mine row=mine"),
        "transaction of deletes" => ([RowWrite.Delete("a", etags[0]), RowWrite.Delete("b", etags[1])], StorageOperation.Transaction, ""),
        _ => throw new NotSupportedException(write),
    };

    private static async Task<List<Row>> ListAsync(TableStorageRowStore store, PartitionAddress partition)
    {
        var rows = new List<Row>();
        await foreach (var row in store.QueryAsync(new RowQuery(partition, ""), CancellationToken.None))
        {
            rows.Add(row);
        }

        return rows;
    }

    private TableStorageRowStore CreateStore(int sdkRetries) => azurite.CreateStore(options =>
    {
        options.MaxRetries = sdkRetries;
        options.RetryDelay = options.MaxRetryDelay = TimeSpan.FromMilliseconds(1);
        options.ConfigureClient = client =>
        {
            _recorder.AddTo(client);
            _faults.AddTo(client);
        };
    });
}
