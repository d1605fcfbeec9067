using System.Net.Sockets;
using Azure;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.TableStorage.Answers;
using TestDoubles.Storage;

namespace ServerlessIdempotency.TableStorage.Tests.Answers;

[Collection(OneAzurite.Name)]
public sealed class StorageAnswersTests(AzuriteFixture azurite)
{
    private readonly FaultTransport _faults = new();

    [Theory]
    [InlineData(409, "EntityAlreadyExists", RefusalReason.AlreadyExists)]
    [InlineData(409, null, RefusalReason.AlreadyExists)]
    [InlineData(412, "UpdateConditionNotSatisfied", RefusalReason.Stale)]
    [InlineData(412, null, RefusalReason.Stale)]
    [InlineData(404, "ResourceNotFound", RefusalReason.Missing)]
    public async Task A_refusal_is_an_outcome(int status, string? code, RefusalReason reason)
    {
        _faults.Next(StorageOperation.Update, StorageFault.Answer(status, code));
        var outcome = await WriteAsync(RowWrite.Replace("row", Values(), "W/\"1\""));
        Assert.Equal(new WriteOutcome.Refused(0, reason), outcome);

        _faults.Next(StorageOperation.Transaction, StorageFault.AnswerInside(status, code, index: 1));
        outcome = await WriteAsync(RowWrite.Replace("a", Values(), "W/\"1\""), RowWrite.Replace("b", Values(), "W/\"1\""));
        Assert.Equal(new WriteOutcome.Refused(code is null ? null : 1, reason), outcome);

        // The message may carry no index: then the outcome has none either.
        _faults.Next(StorageOperation.Transaction, StorageFault.AnswerInside(status, code, index: null));
        outcome = await WriteAsync(RowWrite.Replace("a", Values(), "W/\"1\""), RowWrite.Replace("b", Values(), "W/\"1\""));
        Assert.Equal(new WriteOutcome.Refused(null, reason), outcome);
    }

    [Theory]
    [InlineData(409, "TableBeingDeleted")]
    [InlineData(500, "InternalError")]
    [InlineData(503, null)]
    [InlineData(429, "TooManyRequests")]
    [InlineData(408, null)]
    public async Task An_unclear_answer_is_unavailable(int status, string? code)
    {
        _faults.Next(StorageOperation.Insert, StorageFault.Answer(status, code));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => WriteAsync(RowWrite.Insert("row", Values())));

        _faults.Next(StorageOperation.Transaction, StorageFault.AnswerInside(status, code));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => WriteAsync(RowWrite.Insert("a", Values()), RowWrite.Insert("b", Values())));

        _faults.Next(StorageOperation.Read, StorageFault.Answer(status, code));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => CreateStore().ReadAsync(new RowAddress("Table1", "p", "r"), CancellationToken.None));
    }

    /// <summary>What chaos found: a connection that is reset right after it was made is a bare <see cref="SocketException"/> of .NET's pool, which wraps all others.</summary>
    [Fact]
    public void A_connection_that_breaks_in_any_way_is_unavailable()
    {
        Exception[] broken = [new SocketException((int)SocketError.NotConnected), new IOException("reset"), new HttpRequestException("refused")];

        Assert.All(broken, exception => Assert.True(StorageAnswers.IsUnavailable(exception, CancellationToken.None)));
        Assert.All(broken, exception => Assert.IsType<StoreUnavailableException>(StorageAnswers.Translate(exception, "the read")));
        Assert.False(StorageAnswers.IsUnavailable(new InvalidOperationException("a bug"), CancellationToken.None));
    }

    [Theory]
    [InlineData(403, "AuthorizationPermissionMismatch", "Storage Table Data Contributor")]
    [InlineData(401, null, "connection string's key")]
    [InlineData(405, "UnsupportedHttpVerb", "sending it again would not help")]
    public async Task A_refusal_for_good_says_what_to_do(int status, string? code, string advice)
    {
        _faults.Next(StorageOperation.Insert, StorageFault.Answer(status, code));

        var exception = await Assert.ThrowsAsync<TableStorageException>(() => WriteAsync(RowWrite.Insert("row", Values())));

        Assert.Contains(advice, exception.Message, StringComparison.Ordinal);
        Assert.Equal(status, exception.Status);
        Assert.Equal(code, exception.ErrorCode);
        Assert.IsType<RequestFailedException>(exception.InnerException, exactMatch: false);
    }

    /// <summary>Law 14: a limit is an <see cref="ArgumentException"/>, whoever counts.</summary>
    [Theory]
    [InlineData(400, "InvalidInput")]
    [InlineData(400, "EntityTooLarge")]
    [InlineData(400, "PropertyValueTooLarge")]
    [InlineData(413, "RequestBodyTooLarge")]
    public async Task What_the_service_finds_too_large_is_bad_input_as_what_is_found_before(int status, string code)
    {
        _faults.Next(StorageOperation.Insert, StorageFault.Answer(status, code));

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(RowWrite.Insert("row", Values())));

        Assert.Contains(code, exception.Message, StringComparison.Ordinal);
        Assert.IsType<RequestFailedException>(exception.InnerException, exactMatch: false);
    }

    [Fact]
    public async Task A_wrong_account_key_is_refused_for_good_by_azurite_itself()
    {
        var connectionString = azurite.ConnectionString.Replace("AccountKey=Eby8", "AccountKey=Abc8", StringComparison.Ordinal);
        var store = new TableStorageRowStore(new TableStorageOptions { ConnectionString = connectionString, MaxRetries = 0 });

        var exception = await Assert.ThrowsAsync<TableStorageException>(() => store.ReadAsync(new RowAddress("Table1", "p", "r"), CancellationToken.None));

        Assert.Equal(403, exception.Status);
    }

    [Fact]
    public async Task A_table_that_vanishes_while_it_is_created_is_unavailable()
    {
        _faults.Next(StorageOperation.Insert, StorageFault.Answer(404, "TableNotFound"), StorageFault.Answer(404, "TableNotFound"));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => WriteAsync(RowWrite.Insert("row", Values())));

        Assert.Equal(0, _faults.Pending);
    }

    [Fact]
    public async Task An_insert_that_is_not_found_without_a_code_lacks_its_table()
    {
        _faults.Next(StorageOperation.Insert, StorageFault.Answer(404));

        Assert.IsType<WriteOutcome.Applied>(await WriteAsync(RowWrite.Insert("row", Values())));
    }

    [Fact]
    public async Task Deletes_that_find_no_row_are_taken_out_although_the_answer_has_no_index()
    {
        var store = CreateStore();
        var partition = new PartitionAddress(AzuriteFixture.NewTableName(), "p");
        var applied = (WriteOutcome.Applied)await store.WriteAsync(new RowTransaction(partition, [RowWrite.Insert("a", Values())]), CancellationToken.None);
        await store.WriteAsync(new RowTransaction(partition, [RowWrite.Delete("a", applied.ETags[0]!)]), CancellationToken.None);
        _faults.Next(StorageOperation.Transaction, StorageFault.AnswerInside(404, "ResourceNotFound", index: null));

        var outcome = await store.WriteAsync(
            new RowTransaction(partition, [RowWrite.Insert("b", Values()), RowWrite.Delete("a", applied.ETags[0]!)]), CancellationToken.None);

        var etags = Assert.IsType<WriteOutcome.Applied>(outcome).ETags;
        Assert.NotNull(etags[0]);
        Assert.Null(etags[1]);
    }

    [Fact]
    public void Exhausted_retries_and_timeouts_are_unavailable_unless_the_caller_gave_up()
    {
        var cancelled = new CancellationToken(canceled: true);

        Assert.True(StorageAnswers.IsUnavailable(new AggregateException(new RequestFailedException("lost")), CancellationToken.None));
        Assert.True(StorageAnswers.IsUnavailable(new TaskCanceledException(), CancellationToken.None));
        Assert.False(StorageAnswers.IsUnavailable(new TaskCanceledException(), cancelled));
        Assert.True(StorageAnswers.IsUnavailable(new IOException(), CancellationToken.None));
        Assert.False(StorageAnswers.IsUnavailable(new ArgumentException("a bug"), CancellationToken.None));
    }

    private static Dictionary<string, object> Values() => new() { ["Text"] = "text" };

    private TableStorageRowStore CreateStore() => azurite.CreateStore(options =>
    {
        options.MaxRetries = 0;
        options.ConfigureClient = _faults.AddTo;
    });

    private Task<WriteOutcome> WriteAsync(params RowWrite[] writes) =>
        CreateStore().WriteAsync(new RowTransaction(new PartitionAddress(AzuriteFixture.NewTableName(), "p"), writes), CancellationToken.None);
}
