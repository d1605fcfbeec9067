using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Rows.Limits;
using ServerlessIdempotency.TableStorage.Answers;
using ServerlessIdempotency.TableStorage.Entities;

namespace ServerlessIdempotency.TableStorage;

/// <summary>
/// Rows in Azure Table Storage: a transaction is an entity group transaction, a version is an ETag. Safe for concurrent use; keep one for
/// the app's lifetime, as it keeps the SDK's clients.
/// </summary>
/// <remarks>
/// <para>The SDK repeats calls by itself, so a write whose reply was lost may be refused by its own earlier attempt: write through
/// <see cref="RowWriter"/>, which recognises that.</para>
/// <para>Everything that the service documents as a limit (sizes, names, characters, types) is checked before a call, and an
/// <see cref="ArgumentException"/> names the row and the limit. Credentials and permissions that the service refuses are a
/// <see cref="TableStorageException"/>.</para>
/// </remarks>
public sealed class TableStorageRowStore : IExpiredRowStore, IInProgressRowStore
{
    // The service's own maximum for one page.
    private const int PageRows = 1000;

    private readonly TableServiceClient _service;
    private readonly TimeSpan _callTimeout;
    private readonly ConcurrentDictionary<string, TableClient> _tables = new(StringComparer.Ordinal);

    /// <summary>Creates a store by settings.</summary>
    /// <exception cref="ArgumentException">A setting is wrong; the message names it.</exception>
    public TableStorageRowStore(TableStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _service = options.CreateClient();
        _callTimeout = options.CallTimeout;
    }

    /// <summary>Creates a store on a client of your own, with its retries and time-outs.</summary>
    public TableStorageRowStore(TableServiceClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _service = client;
        _callTimeout = Timeout.InfiniteTimeSpan;
    }

    /// <summary>Creates the tables that are missing, for deployments. The first insert into a missing table creates it too.</summary>
    /// <exception cref="StoreUnavailableException">The service did not answer, or a table of that name is being deleted.</exception>
    /// <exception cref="TableStorageException">The credentials do not allow it.</exception>
    public async Task EnsureTablesAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in names)
        {
            await CreateTableAsync(Table(name), cancellationToken);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="TableStorageException">The service refused the call for good.</exception>
    public async Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken)
    {
        TableLimits.CheckAddress(address);
        var table = Table(address.Table);
        var entity = await CallAsync($"the read of {address}", token => table.GetEntityIfExistsAsync<TableEntity>(address.PartitionKey, address.RowKey, cancellationToken: token), cancellationToken);
        return entity.HasValue ? EntityMapping.ToRow(address.Table, entity.Value!) : null;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The service refuses a transaction that deletes a missing row. As the version to delete is gone for good, such deletes are taken out and
    /// the rest is sent again.
    /// </remarks>
    /// <exception cref="TableStorageException">The service refused the call for good.</exception>
    public async Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken)
    {
        TableLimits.CheckTransaction(transaction);
        var table = Table(transaction.Partition.Table);
        var attempt = new TransactionAttempt(transaction);
        var created = false;
        using var limit = Limit(cancellationToken);
        while (true)
        {
            try
            {
                await SendAsync(table, attempt, limit.Token);
                return new WriteOutcome.Applied(attempt.ETags);
            }
            catch (RequestFailedException exception) when (attempt.LacksTable(exception) && !created)
            {
                if (!attempt.HasInsert)
                {
                    // Nothing that this transaction asks for can be there; no table is made for that.
                    return attempt.FirstReplace is { } replace ? new WriteOutcome.Refused(replace, RefusalReason.Missing) : new WriteOutcome.Applied(attempt.ETags);
                }

                await CreateTableAsync(table, cancellationToken);
                created = true;
            }
            catch (RequestFailedException exception) when (StorageAnswers.IsEntityMissing(exception))
            {
                var index = attempt.FailedIndex(exception);
                if (index is { } refused && transaction.Writes[refused] is not RowWrite.DeleteRow)
                {
                    return new WriteOutcome.Refused(refused, RefusalReason.Missing);
                }

                if (!attempt.Drop(index, await MissingDeletesAsync(table, attempt, cancellationToken)))
                {
                    return new WriteOutcome.Refused(null, RefusalReason.Missing);
                }
            }
            catch (RequestFailedException exception) when (StorageAnswers.IsEntityAlreadyExists(exception))
            {
                return new WriteOutcome.Refused(attempt.FailedIndex(exception), RefusalReason.AlreadyExists);
            }
            catch (RequestFailedException exception) when (StorageAnswers.IsStaleETag(exception))
            {
                return new WriteOutcome.Refused(attempt.FailedIndex(exception), RefusalReason.Stale);
            }
            catch (Exception exception) when (IsFailure(exception, cancellationToken))
            {
                throw StorageAnswers.Translate(exception, $"the write to {transaction.Partition}");
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="TableStorageException">The service refused the call for good.</exception>
    public async IAsyncEnumerable<Row> QueryAsync(RowQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TableLimits.CheckQuery(query);
        var left = query.Take ?? int.MaxValue;
        if (left == 0)
        {
            yield break;
        }

        await foreach (var row in RowsAsync(query.Partition.Table, RowFilter.For(query), Math.Min(left, PageRows), cancellationToken))
        {
            if (!row.Address.RowKey.StartsWith(query.RowKeyPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            yield return row;
            if (--left == 0)
            {
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="TableStorageException">The service refused the call for good.</exception>
    public async IAsyncEnumerable<Row> QueryExpiredAsync(string table, DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in RowsAsync(table, RowFilter.ExpiredBefore(before), PageRows, cancellationToken))
        {
            // A row without the column, or with another type in it, never expires.
            if (row.Values.GetValueOrDefault(RowColumns.ExpiresAt) is DateTimeOffset expiresAt && expiresAt < before)
            {
                yield return row;
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="TableStorageException">The service refused the call for good.</exception>
    public async IAsyncEnumerable<Row> QueryInProgressAsync(string table, DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in RowsAsync(table, RowFilter.InProgressBefore(before), PageRows, cancellationToken))
        {
            yield return row;
        }
    }

    /// <summary>All rows of a filter. A page can be empty and yet be followed by more: only the missing continuation token ends the list.</summary>
    private async IAsyncEnumerable<Row> RowsAsync(string tableName, string filter, int pageRows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var table = Table(tableName);
        using var limit = Limit(cancellationToken);
        await using var pages = table.QueryAsync<TableEntity>(filter, pageRows, cancellationToken: limit.Token).AsPages().GetAsyncEnumerator(limit.Token);
        while (true)
        {
            try
            {
                // For each page again, and not for what is done with it.
                limit.CancelAfter(_callTimeout);
                if (!await pages.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (RequestFailedException exception) when (StorageAnswers.IsTableNotFound(exception))
            {
                yield break;
            }
            catch (Exception exception) when (IsFailure(exception, cancellationToken))
            {
                throw StorageAnswers.Translate(exception, $"the query of {tableName}");
            }

            limit.CancelAfter(Timeout.InfiniteTimeSpan);
            foreach (var entity in pages.Current.Values)
            {
                yield return EntityMapping.ToRow(tableName, entity);
            }
        }
    }

    /// <summary>Sends what is left of a transaction; one write needs no entity group transaction, whose multipart body costs four times as much.</summary>
    private static async Task SendAsync(TableClient table, TransactionAttempt attempt, CancellationToken cancellationToken)
    {
        switch (attempt.Writes)
        {
            case []:
                return;
            case [RowWrite.InsertRow insert]:
                attempt.Applied([await table.AddEntityAsync(EntityMapping.ToEntity(attempt.PartitionKey, insert.RowKey, insert.Values), cancellationToken)]);
                return;
            case [RowWrite.ReplaceRow replace]:
                attempt.Applied([await table.UpdateEntityAsync(EntityMapping.ToEntity(attempt.PartitionKey, replace.RowKey, replace.Values), new ETag(replace.ETag), TableUpdateMode.Replace, cancellationToken)]);
                return;
            case [RowWrite.DeleteRow delete]:
                // A missing row, or table, is answered with 404 and no exception: the end state holds.
                attempt.Applied([await table.DeleteEntityAsync(attempt.PartitionKey, delete.RowKey, new ETag(delete.ETag), cancellationToken)]);
                return;
            default:
                var answer = await table.SubmitTransactionAsync(attempt.Writes.Select(write => EntityMapping.ToAction(attempt.PartitionKey, write)), cancellationToken);
                attempt.Applied(answer.Value);
                return;
        }
    }

    /// <summary>Which deletes find no row: after a lost reply it is all of them, so they are looked up together instead of by one refusal each.</summary>
    private async Task<HashSet<string>> MissingDeletesAsync(TableClient table, TransactionAttempt attempt, CancellationToken cancellationToken)
    {
        var keys = attempt.Writes.OfType<RowWrite.DeleteRow>().Select(delete => delete.RowKey).ToArray();
        var rows = await Task.WhenAll(keys.Select(key => ReadAsync(new RowAddress(table.Name, attempt.PartitionKey, key), cancellationToken)));
        return [.. keys.Where((_, index) => rows[index] is null)];
    }

    private Task<Response<TableItem>> CreateTableAsync(TableClient table, CancellationToken cancellationToken) =>
        CallAsync($"the creation of the table {table.Name}", token => table.CreateIfNotExistsAsync(token), cancellationToken);

    private async Task<T> CallAsync<T>(string call, Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        using var limit = Limit(cancellationToken);
        try
        {
            return await send(limit.Token);
        }
        catch (Exception exception) when (IsFailure(exception, cancellationToken))
        {
            throw StorageAnswers.Translate(exception, call);
        }
    }

    /// <summary>Cancelled by the caller, or after the time that a call may take.</summary>
    private CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_callTimeout);
        return limit;
    }

    private static bool IsFailure(Exception exception, CancellationToken cancellationToken) =>
        exception is RequestFailedException || StorageAnswers.IsUnavailable(exception, cancellationToken);

    private TableClient Table(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _tables.GetOrAdd(name, static (name, service) =>
        {
            TableLimits.CheckTable(name);
            return service.GetTableClient(name);
        }, _service);
    }
}
