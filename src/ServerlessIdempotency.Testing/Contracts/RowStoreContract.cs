using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Contracts;

/// <summary>
/// What every <see cref="IRowStore"/> must keep, case by case, for any test framework. Derive from it, give it your store and a fresh
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
public abstract class RowStoreContract
{
    private static readonly Dictionary<string, Func<RowStoreContract, Task>> All = new(StringComparer.Ordinal)
    {
        [nameof(InsertCases.A_missing_table_reads_as_empty)] = contract => contract.Inserts.A_missing_table_reads_as_empty(),
        [nameof(InsertCases.An_inserted_row_is_read_back_with_its_version)] = contract => contract.Inserts.An_inserted_row_is_read_back_with_its_version(),
        [nameof(InsertCases.A_second_insert_is_refused_and_changes_nothing)] = contract => contract.Inserts.A_second_insert_is_refused_and_changes_nothing(),
        [nameof(InsertCases.Of_64_concurrent_inserts_of_one_row_one_wins)] = contract => contract.Inserts.Of_64_concurrent_inserts_of_one_row_one_wins(),
        [nameof(InsertCases.Tables_partitions_and_letter_cases_are_kept_apart)] = contract => contract.Inserts.Tables_partitions_and_letter_cases_are_kept_apart(),
        [nameof(ReplaceCases.A_replace_puts_new_columns_for_all_old_ones)] = contract => contract.Replaces.A_replace_puts_new_columns_for_all_old_ones(),
        [nameof(ReplaceCases.A_replace_with_an_old_version_is_refused)] = contract => contract.Replaces.A_replace_with_an_old_version_is_refused(),
        [nameof(ReplaceCases.A_replace_that_changes_no_value_makes_a_new_version)] = contract => contract.Replaces.A_replace_that_changes_no_value_makes_a_new_version(),
        [nameof(ReplaceCases.A_replace_of_a_missing_row_is_refused)] = contract => contract.Replaces.A_replace_of_a_missing_row_is_refused(),
        [nameof(ReplaceCases.Concurrent_counters_lose_no_increment)] = contract => contract.Replaces.Concurrent_counters_lose_no_increment(),
        [nameof(DeleteCases.A_delete_with_the_current_version_removes_the_row)] = contract => contract.Deletes.A_delete_with_the_current_version_removes_the_row(),
        [nameof(DeleteCases.A_delete_with_an_old_version_is_refused)] = contract => contract.Deletes.A_delete_with_an_old_version_is_refused(),
        [nameof(DeleteCases.A_delete_of_a_missing_row_is_applied)] = contract => contract.Deletes.A_delete_of_a_missing_row_is_applied(),
        [nameof(DeleteCases.A_version_does_not_come_back_with_a_row_that_is_inserted_again)] = contract => contract.Deletes.A_version_does_not_come_back_with_a_row_that_is_inserted_again(),
        [nameof(TransactionCases.A_transaction_is_applied_whole_and_answers_a_version_for_each_row)] = contract => contract.Transactions.A_transaction_is_applied_whole_and_answers_a_version_for_each_row(),
        [nameof(TransactionCases.A_transaction_refused_by_an_insert_at_any_place_changes_nothing)] = contract => contract.Transactions.A_transaction_refused_by_an_insert_at_any_place_changes_nothing(),
        [nameof(TransactionCases.A_transaction_refused_by_a_stale_replace_at_any_place_changes_nothing)] = contract => contract.Transactions.A_transaction_refused_by_a_stale_replace_at_any_place_changes_nothing(),
        [nameof(TransactionCases.A_transaction_refused_by_a_missing_row_at_any_place_changes_nothing)] = contract => contract.Transactions.A_transaction_refused_by_a_missing_row_at_any_place_changes_nothing(),
        [nameof(TransactionCases.A_transaction_refused_by_a_stale_delete_at_any_place_changes_nothing)] = contract => contract.Transactions.A_transaction_refused_by_a_stale_delete_at_any_place_changes_nothing(),
        [nameof(TransactionCases.A_transaction_applies_deletes_of_missing_rows)] = contract => contract.Transactions.A_transaction_applies_deletes_of_missing_rows(),
        [nameof(TransactionCases.A_transaction_of_deletes_alone_is_applied_where_every_row_is_gone)] = contract => contract.Transactions.A_transaction_of_deletes_alone_is_applied_where_every_row_is_gone(),
        [nameof(TransactionCases.A_transaction_takes_100_writes)] = contract => contract.Transactions.A_transaction_takes_100_writes(),
        [nameof(TransactionCases.A_transaction_that_writes_a_row_twice_is_bad_input)] = contract => contract.Transactions.A_transaction_that_writes_a_row_twice_is_bad_input(),
        [nameof(TransactionCases.Of_concurrent_transactions_on_one_guard_one_leaves_rows)] = contract => contract.Transactions.Of_concurrent_transactions_on_one_guard_one_leaves_rows(),
        [nameof(ValueCases.Values_of_every_type_come_back_as_they_were)] = contract => contract.Values.Values_of_every_type_come_back_as_they_were(),
        [nameof(ValueCases.Keys_with_unusual_characters_work)] = contract => contract.Values.Keys_with_unusual_characters_work(),
        [nameof(QueryCases.A_query_lists_2500_rows_of_a_prefix_in_key_order)] = contract => contract.Queries.A_query_lists_2500_rows_of_a_prefix_in_key_order(),
        [nameof(QueryCases.A_query_lists_no_neighbour_of_the_prefix)] = contract => contract.Queries.A_query_lists_no_neighbour_of_the_prefix(),
        [nameof(QueryCases.A_query_starts_and_stops_where_it_is_told)] = contract => contract.Queries.A_query_starts_and_stops_where_it_is_told(),
        [nameof(QueryCases.A_listed_row_equals_the_row_that_is_read)] = contract => contract.Queries.A_listed_row_equals_the_row_that_is_read(),
        [nameof(QueryCases.A_cancelled_call_is_cancelled_and_writes_nothing)] = contract => contract.Queries.A_cancelled_call_is_cancelled_and_writes_nothing(),
        [nameof(QueryCases.Expired_rows_are_listed_over_all_partitions)] = contract => contract.Queries.Expired_rows_are_listed_over_all_partitions(),
        [nameof(QueryCases.Rows_in_progress_are_listed_over_all_partitions)] = contract => contract.Queries.Rows_in_progress_are_listed_over_all_partitions(),
    };

    private string? _table;

    /// <summary>The name of every case.</summary>
    public static IReadOnlyList<string> CaseNames { get; } = [.. All.Keys];

    /// <summary>The store on trial.</summary>
    protected abstract IRowStore Store { get; }

    /// <summary>The table of this run; it must not exist yet.</summary>
    protected string Table => LazyInitializer.EnsureInitialized(ref _table, NewTableName);

    private InsertCases Inserts => new(Store, Table, NewTableName);

    private ReplaceCases Replaces => new(Store, Table);

    private DeleteCases Deletes => new(Store, Table);

    private TransactionCases Transactions => new(Store, Table);

    private QueryCases Queries => new(Store, Table);

    private ValueCases Values => new(Store, Table);

    /// <summary>Runs one case by its name.</summary>
    /// <exception cref="ContractViolationException">The store broke a promise.</exception>
    public Task RunAsync(string caseName) =>
        All.TryGetValue(caseName, out var run) ? run(this) : throw new ArgumentException($"'{caseName}' is no case of the contract.", nameof(caseName));

    /// <summary>A name that no other case uses. By default a random one of letters and digits.</summary>
    protected virtual string NewTableName() => "T" + Guid.NewGuid().ToString("N");
}
