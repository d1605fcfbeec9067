using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Contracts;

/// <summary>
/// What every <see cref="IRowStore"/> must keep, one method a case, for any test framework. Derive from it, give it your store and a fresh
/// table for each case, and run all of <see cref="CaseNames"/>; a case that fails throws <see cref="ContractViolationException"/>.
/// </summary>
/// <example>
/// With xunit:
/// <code>
/// public static TheoryData&lt;string&gt; Cases => new(RowStoreContract.CaseNames);
///
/// [Theory, MemberData(nameof(Cases))]
/// public Task The_store_keeps_the_contract(string name) => new MyContract(store).RunAsync(name);
/// </code>
/// </example>
public abstract partial class RowStoreContract
{
    private static readonly Dictionary<string, Func<RowStoreContract, Task>> All = new(StringComparer.Ordinal)
    {
        [nameof(A_missing_table_reads_as_empty)] = contract => contract.A_missing_table_reads_as_empty(),
        [nameof(An_inserted_row_is_read_back_with_its_version)] = contract => contract.An_inserted_row_is_read_back_with_its_version(),
        [nameof(A_second_insert_is_refused_and_changes_nothing)] = contract => contract.A_second_insert_is_refused_and_changes_nothing(),
        [nameof(Of_64_concurrent_inserts_of_one_row_one_wins)] = contract => contract.Of_64_concurrent_inserts_of_one_row_one_wins(),
        [nameof(Tables_partitions_and_letter_cases_are_kept_apart)] = contract => contract.Tables_partitions_and_letter_cases_are_kept_apart(),
        [nameof(A_replace_puts_new_columns_for_all_old_ones)] = contract => contract.A_replace_puts_new_columns_for_all_old_ones(),
        [nameof(A_replace_with_an_old_version_is_refused)] = contract => contract.A_replace_with_an_old_version_is_refused(),
        [nameof(A_replace_that_changes_no_value_makes_a_new_version)] = contract => contract.A_replace_that_changes_no_value_makes_a_new_version(),
        [nameof(A_replace_of_a_missing_row_is_refused)] = contract => contract.A_replace_of_a_missing_row_is_refused(),
        [nameof(Concurrent_counters_lose_no_increment)] = contract => contract.Concurrent_counters_lose_no_increment(),
        [nameof(A_delete_with_the_current_version_removes_the_row)] = contract => contract.A_delete_with_the_current_version_removes_the_row(),
        [nameof(A_delete_with_an_old_version_is_refused)] = contract => contract.A_delete_with_an_old_version_is_refused(),
        [nameof(A_delete_of_a_missing_row_is_applied)] = contract => contract.A_delete_of_a_missing_row_is_applied(),
        [nameof(A_version_does_not_come_back_with_a_row_that_is_inserted_again)] = contract => contract.A_version_does_not_come_back_with_a_row_that_is_inserted_again(),
        [nameof(A_transaction_is_applied_whole_and_answers_a_version_for_each_row)] = contract => contract.A_transaction_is_applied_whole_and_answers_a_version_for_each_row(),
        [nameof(A_transaction_refused_by_an_insert_at_any_place_changes_nothing)] = contract => contract.A_transaction_refused_by_an_insert_at_any_place_changes_nothing(),
        [nameof(A_transaction_refused_by_a_stale_replace_at_any_place_changes_nothing)] = contract => contract.A_transaction_refused_by_a_stale_replace_at_any_place_changes_nothing(),
        [nameof(A_transaction_refused_by_a_missing_row_at_any_place_changes_nothing)] = contract => contract.A_transaction_refused_by_a_missing_row_at_any_place_changes_nothing(),
        [nameof(A_transaction_refused_by_a_stale_delete_at_any_place_changes_nothing)] = contract => contract.A_transaction_refused_by_a_stale_delete_at_any_place_changes_nothing(),
        [nameof(A_transaction_applies_deletes_of_missing_rows)] = contract => contract.A_transaction_applies_deletes_of_missing_rows(),
        [nameof(A_transaction_of_deletes_alone_is_applied_where_every_row_is_gone)] = contract => contract.A_transaction_of_deletes_alone_is_applied_where_every_row_is_gone(),
        [nameof(A_transaction_takes_100_writes)] = contract => contract.A_transaction_takes_100_writes(),
        [nameof(A_transaction_that_writes_a_row_twice_is_bad_input)] = contract => contract.A_transaction_that_writes_a_row_twice_is_bad_input(),
        [nameof(Of_concurrent_transactions_on_one_guard_one_leaves_rows)] = contract => contract.Of_concurrent_transactions_on_one_guard_one_leaves_rows(),
        [nameof(Values_of_every_type_come_back_as_they_were)] = contract => contract.Values_of_every_type_come_back_as_they_were(),
        [nameof(Keys_with_unusual_characters_work)] = contract => contract.Keys_with_unusual_characters_work(),
        [nameof(A_query_lists_2500_rows_of_a_prefix_in_key_order)] = contract => contract.A_query_lists_2500_rows_of_a_prefix_in_key_order(),
        [nameof(A_query_lists_no_neighbour_of_the_prefix)] = contract => contract.A_query_lists_no_neighbour_of_the_prefix(),
        [nameof(A_query_starts_and_stops_where_it_is_told)] = contract => contract.A_query_starts_and_stops_where_it_is_told(),
        [nameof(A_listed_row_equals_the_row_that_is_read)] = contract => contract.A_listed_row_equals_the_row_that_is_read(),
        [nameof(A_cancelled_call_is_cancelled_and_writes_nothing)] = contract => contract.A_cancelled_call_is_cancelled_and_writes_nothing(),
        [nameof(Expired_rows_are_listed_over_all_partitions)] = contract => contract.Expired_rows_are_listed_over_all_partitions(),
    };

    private string? _table;

    /// <summary>The name of every case.</summary>
    public static IReadOnlyList<string> CaseNames { get; } = [.. All.Keys];

    /// <summary>The store on trial.</summary>
    protected abstract IRowStore Store { get; }

    /// <summary>The table of this run; it must not exist yet.</summary>
    protected string Table => LazyInitializer.EnsureInitialized(ref _table, NewTableName);

    private PartitionAddress Partition => new(Table, "partition");

    /// <summary>Runs one case by its name.</summary>
    /// <exception cref="ContractViolationException">The store broke a promise.</exception>
    public Task RunAsync(string caseName) =>
        All.TryGetValue(caseName, out var run) ? run(this) : throw new ArgumentException($"'{caseName}' is no case of the contract.", nameof(caseName));

    /// <summary>A name that no other case uses. By default a random one of letters and digits.</summary>
    protected virtual string NewTableName() => "T" + Guid.NewGuid().ToString("N");

    private static Dictionary<string, object> Values(string text) => new() { ["Text"] = text };

    private static void Require(bool condition, string promise)
    {
        if (!condition)
        {
            throw new ContractViolationException(promise);
        }
    }

    private static IReadOnlyList<string?> RequireApplied(WriteOutcome outcome, int writes, string what)
    {
        Require(outcome is WriteOutcome.Applied, $"{what} must be applied, but the store answered {outcome}.");
        var etags = ((WriteOutcome.Applied)outcome).ETags;
        Require(etags.Count == writes, $"{what} has {writes} writes, but the store answered {etags.Count} versions.");
        return etags;
    }

    private static void RequireRefused(WriteOutcome outcome, int index, RefusalReason reason, string what)
    {
        Require(outcome is WriteOutcome.Refused, $"{what} must be refused, but the store answered {outcome}.");
        var refused = (WriteOutcome.Refused)outcome;
        Require(refused.Reason == reason, $"{what} must be refused as {reason}, but the store said {refused.Reason}.");
        Require(refused.Index is null || refused.Index == index, $"{what} was refused by write {index}, but the store blames write {refused.Index}.");
    }

    private Task<WriteOutcome> WriteAsync(params RowWrite[] writes) => Store.WriteAsync(new RowTransaction(Partition, writes), CancellationToken.None);

    private Task<Row?> ReadAsync(string rowKey) => Store.ReadAsync(Partition.Row(rowKey), CancellationToken.None);

    private async Task<string> InsertAsync(string rowKey, string text)
    {
        var etag = RequireApplied(await WriteAsync(RowWrite.Insert(rowKey, Values(text))), 1, $"The insert of '{rowKey}'")[0];
        Require(!string.IsNullOrEmpty(etag), $"The insert of '{rowKey}' must answer a version.");
        return etag!;
    }

    private async Task<string> ReplaceAsync(string rowKey, string text, string etag) =>
        RequireApplied(await WriteAsync(RowWrite.Replace(rowKey, Values(text), etag)), 1, $"The replace of '{rowKey}' with its current version")[0]!;

    private async Task RequireTextAsync(string rowKey, string? text)
    {
        var row = await ReadAsync(rowKey);
        Require(row?.GetString("Text") == text, $"The row '{rowKey}' must be {text ?? "absent"}, but it is {row?.GetString("Text") ?? "absent"}.");
    }

    private async Task<List<Row>> ListAsync(RowQuery query)
    {
        var rows = new List<Row>();
        await foreach (var row in Store.QueryAsync(query, CancellationToken.None))
        {
            rows.Add(row);
        }

        return rows;
    }

    private static async Task<TException?> CatchAsync<TException>(Func<Task> call)
        where TException : Exception
    {
        try
        {
            await call();
            return null;
        }
        catch (TException exception)
        {
            return exception;
        }
    }
}
