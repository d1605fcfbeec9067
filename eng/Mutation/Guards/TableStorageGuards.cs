namespace Mutation.Guards;

/// <summary>Table Storage's guards are passed, and its answers are taken for what they mean.</summary>
internal static class TableStorageGuards
{
    private const string Store = "src/ServerlessIdempotency.TableStorage/TableStorageRowStore.cs";
    private const string Mapping = "src/ServerlessIdempotency.TableStorage/Entities/EntityMapping.cs";
    private const string Entities = "src/ServerlessIdempotency.TableStorage/Entities/TableEntityRows.cs";
    private const string Answers = "src/ServerlessIdempotency.TableStorage/Answers/StorageAnswers.cs";
    private const string Attempt = "src/ServerlessIdempotency.TableStorage/TransactionAttempt.cs";
    private const string Limits = "src/ServerlessIdempotency/Rows/Limits/TableLimits.cs";

    public static IReadOnlyList<Guard> All { get; } =
    [
        new(3, "ETag: a single replace carries it", Store, "new ETag(replace.ETag), TableUpdateMode.Replace", "ETag.All, TableUpdateMode.Replace"),
        new(3, "ETag: a single delete carries it", Store, "DeleteEntityAsync(attempt.PartitionKey, delete.RowKey, new ETag(delete.ETag), cancellationToken)", "DeleteEntityAsync(attempt.PartitionKey, delete.RowKey, ETag.All, cancellationToken)"),
        new(3, "ETag: a replace in a transaction carries it", Mapping, "ToEntity(partitionKey, replace.RowKey, replace.Values), new ETag(replace.ETag))", "ToEntity(partitionKey, replace.RowKey, replace.Values), ETag.All)"),
        new(3, "ETag: a delete in a transaction carries it", Mapping, "new TableEntity(partitionKey, delete.RowKey), new ETag(delete.ETag))", "new TableEntity(partitionKey, delete.RowKey), ETag.All)"),
        new(2, "insert: a single one is no upsert", Store, "await table.AddEntityAsync(EntityMapping.ToEntity(attempt.PartitionKey, insert.RowKey, insert.Values), cancellationToken)", "await table.UpsertEntityAsync(EntityMapping.ToEntity(attempt.PartitionKey, insert.RowKey, insert.Values), TableUpdateMode.Replace, cancellationToken)"),
        new(2, "insert: one in a transaction is no upsert", Mapping, "TableTransactionActionType.Add,", "TableTransactionActionType.UpsertReplace,"),
        new(1, "replace: a single one clears what is left out", Store, "TableUpdateMode.Replace", "TableUpdateMode.Merge"),
        new(1, "replace: one in a transaction clears what is left out", Mapping, "TableTransactionActionType.UpdateReplace", "TableTransactionActionType.UpdateMerge"),
        new(3, "ETag: one that matches everything is refused", Limits, "if (string.IsNullOrEmpty(etag) || etag == \"*\")", "if (string.IsNullOrEmpty(etag))"),
        new(3, "ETag: an empty one is refused", Limits, "if (string.IsNullOrEmpty(etag) || etag == \"*\")", "if (etag == \"*\")"),
        new(1, "answer: 409 of an insert is a refusal", Answers, "exception.Status == 409 && (exception.ErrorCode is null || exception.ErrorCode == TableErrorCode.EntityAlreadyExists);", "false;"),
        new(1, "answer: 409 of another kind is no refusal", Answers, "exception.Status == 409 && (exception.ErrorCode is null || exception.ErrorCode == TableErrorCode.EntityAlreadyExists);", "exception.Status == 409;"),
        new(1, "answer: 409 without a code is a refusal", Answers, "(exception.ErrorCode is null || exception.ErrorCode == TableErrorCode.EntityAlreadyExists)", "(exception.ErrorCode == TableErrorCode.EntityAlreadyExists)"),
        new(3, "answer: 412 is a refusal", Answers, "=> exception.Status == 412;", "=> false;"),
        new(3, "answer: 404 of a replace is a refusal", Answers, "=> exception.Status == 404 && !IsTableNotFound(exception);", "=> false;"),
        new(1, "answer: a missing table is told from a missing row", Answers, "exception.Status == 404 && exception.ErrorCode == TableErrorCode.TableNotFound;", "exception.Status == 404;"),
        new(5, "answer: a table between two states is unavailable", Answers, "RequestFailedException { Status: 409 } failure => failure.ErrorCode == TableErrorCode.TableBeingDeleted || failure.ErrorCode is \"AccountBeingCreated\" or \"OperationInProgress\",", ""),
        new(5, "answer: what the SDK throws after its attempts is unclear", Answers, "AggregateException => true,", ""),
        new(5, "answer: the SDK's own time-out is unclear", Answers, "OperationCanceledException => !cancellationToken.IsCancellationRequested,", "OperationCanceledException => false,"),
        new(5, "answer: a caller who gives up is no failure", Answers, "OperationCanceledException => !cancellationToken.IsCancellationRequested,", "OperationCanceledException => true,"),
        new(5, "answer: a connection that breaks is unclear", Answers, "IOException or HttpRequestException or SocketException => true,", ""),
        new(5, "answer: a refusal for good is no unavailability", Answers, "RequestFailedException { Status: >= 400 and < 500 and not 408 and not 429 } failure when !IsUnavailable(failure, CancellationToken.None) =>", "RequestFailedException { Status: 499 } failure =>"),
        new(3, "answer: the refused write is named by its index", Answers, "TableTransactionFailedException { FailedTransactionActionIndex: { } index } when index >= 0 && index < count => index,", ""),
        new(3, "answer: without an index it is not guessed", Answers, "TableTransactionFailedException => null,", "TableTransactionFailedException => 0,"),
        new(3, "answer: an index counts from the whole, not from what was sent again", Attempt, "StorageAnswers.FailedIndex(exception, Writes.Length) is { } index ? _indexes[index] : null;", "StorageAnswers.FailedIndex(exception, Writes.Length);"),
        new(5, "delete: a row that is gone is taken out and the rest sent", Store, "if (!attempt.Drop(index, await MissingDeletesAsync(table, attempt, cancellationToken)))", "if (true)"),
        new(3, "delete: only what is missing is taken out", Store, "return [.. keys.Where((_, index) => rows[index] is null)];", "return [.. keys];"),
        new(3, "missing table: a replace is refused", Store, "attempt.FirstReplace is { } replace ? new WriteOutcome.Refused(replace, RefusalReason.Missing) : new WriteOutcome.Applied(attempt.ETags);", "new WriteOutcome.Applied(attempt.ETags);"),
        new(4, "missing table: the first insert creates it", Store, "await CreateTableAsync(table, cancellationToken); created = true;", "created = true;"),
        new(5, "failure: a write's is translated", Store, "throw StorageAnswers.Translate(exception, $\"the write to {transaction.Partition}\");", "throw;"),
        new(5, "failure: a query's is translated", Store, "throw StorageAnswers.Translate(exception, $\"the query of {tableName}\");", "throw;"),
        new(10, "query: only rows of the prefix", Store, "if (!row.Address.RowKey.StartsWith(query.RowKeyPrefix, StringComparison.Ordinal))", "if (false)"),
        new(9, "query: an empty page is not the end", Store, "foreach (var entity in pages.Current.Values)", "if (pages.Current.Values.Count == 0) { yield break; } foreach (var entity in pages.Current.Values)"),
        new(8, "expired rows: one that never expires is none", Store, "is DateTimeOffset expiresAt && expiresAt < before)", "is not DateTimeOffset expiresAt || expiresAt < before)"),
        new(3, "limits: a row twice in a transaction is refused", Limits, "if (!keys.Add(write.RowKey))", "if (false)"),
        new(10, "limits: a key with a forbidden character is refused", Limits, "=> character is '/' or '\\\\' or '#' or '?' || char.IsControl(character);", "=> false;"),
    ];
}
