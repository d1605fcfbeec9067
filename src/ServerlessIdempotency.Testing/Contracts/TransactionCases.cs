using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Contracts;

/// <summary>What transactions must keep.</summary>
internal sealed class TransactionCases(IRowStore store, string table) : ContractCases(store, table)
{
    /// <summary>All three kinds of write in one transaction, answered in the order of the writes; a replace is no merge here either.</summary>
    public async Task A_transaction_is_applied_whole_and_answers_a_version_for_each_row()
    {
        var replaced = RequireApplied(await WriteAsync(RowWrite.Insert("replaced", new Dictionary<string, object> { ["Text"] = "old", ["Gone"] = 1 })), 1, "The insert")[0]!;
        var deleted = await InsertAsync("deleted", "old");

        var etags = RequireApplied(
            await WriteAsync(RowWrite.Replace("replaced", Values("new"), replaced), RowWrite.Delete("deleted", deleted), RowWrite.Insert("z", Values("z")), RowWrite.Insert("a", Values("a"))),
            4,
            "A transaction");

        await RequireTextAsync("replaced", "new");
        await RequireTextAsync("deleted", null);
        Require(etags[1] is null, "A deleted row has no version.");
        Require(!(await ReadAsync("replaced"))!.Values.ContainsKey("Gone"), "A column that a replace in a transaction leaves out must be gone.");
        foreach (var (index, key) in new[] { (0, "replaced"), (2, "z"), (3, "a") })
        {
            var row = await ReadAsync(key);
            Require(row is not null, $"The transaction wrote '{key}', but it is missing.");
            Require(row!.ETag == etags[index], $"The answer has version {etags[index]} for '{key}', but the row has {row.ETag}.");
        }
    }

    /// <summary>All or nothing, whichever write is refused.</summary>
    public Task A_transaction_refused_by_an_insert_at_any_place_changes_nothing() =>
        RefusedAtAnyPlaceAsync(RefusalReason.AlreadyExists, async key =>
        {
            await InsertAsync(key, "stays");
            return (RowWrite.Insert(key, Values("lost")), "stays");
        });

    /// <summary>All or nothing, whichever write is refused.</summary>
    public Task A_transaction_refused_by_a_stale_replace_at_any_place_changes_nothing() =>
        RefusedAtAnyPlaceAsync(RefusalReason.Stale, async key =>
        {
            var first = await InsertAsync(key, "first");
            await ReplaceAsync(key, "stays", first);
            return (RowWrite.Replace(key, Values("lost"), first), "stays");
        });

    /// <summary>All or nothing, whichever write is refused.</summary>
    public Task A_transaction_refused_by_a_missing_row_at_any_place_changes_nothing() =>
        RefusedAtAnyPlaceAsync(RefusalReason.Missing, async key =>
        {
            var etag = await InsertAsync(key, "gone");
            RequireApplied(await WriteAsync(RowWrite.Delete(key, etag)), 1, "A delete");
            return (RowWrite.Replace(key, Values("lost"), etag), null);
        });

    /// <summary>All or nothing, whichever write is refused.</summary>
    public Task A_transaction_refused_by_a_stale_delete_at_any_place_changes_nothing() =>
        RefusedAtAnyPlaceAsync(RefusalReason.Stale, async key =>
        {
            var first = await InsertAsync(key, "first");
            await ReplaceAsync(key, "stays", first);
            return (RowWrite.Delete(key, first), "stays");
        });

    /// <summary>A delete that finds no row is applied within a transaction too, and takes no other write down with it.</summary>
    public async Task A_transaction_applies_deletes_of_missing_rows()
    {
        var gone = await InsertAsync("gone", "text");
        RequireApplied(await WriteAsync(RowWrite.Delete("gone", gone)), 1, "A delete");
        var there = await InsertAsync("there", "text");
        var kept = await InsertAsync("kept", "old");

        var etags = RequireApplied(
            await WriteAsync(RowWrite.Delete("gone", gone), RowWrite.Insert("new", Values("new")), RowWrite.Delete("never", gone), RowWrite.Delete("there", there), RowWrite.Replace("kept", Values("new"), kept)),
            5,
            "A transaction that deletes missing rows");

        Require(etags is [null, not null, null, null, not null], "Each written row has a version, each deleted one none, in the order of the writes.");
        Require((await ReadAsync("new"))?.ETag == etags[1], "The versions must be answered in the order of the writes, deletes of missing rows included.");
        Require((await ReadAsync("kept"))?.ETag == etags[4], "The versions must be answered in the order of the writes, deletes of missing rows included.");
        await RequireTextAsync("there", null);

        RequireRefused(
            await WriteAsync(RowWrite.Delete("gone", gone), RowWrite.Insert("another", Values("another")), RowWrite.Replace("kept", Values("stale"), kept)), 2, RefusalReason.Stale, "A transaction with a missing delete and a stale replace");
        await RequireTextAsync("another", null);
    }

    /// <summary>A purge that is repeated after a lost reply ends well.</summary>
    public async Task A_transaction_of_deletes_alone_is_applied_where_every_row_is_gone()
    {
        var inserted = RequireApplied(await WriteAsync([.. Enumerable.Range(0, 20).Select(index => RowWrite.Insert($"row {index}", Values("text")))]), 20, "A transaction of inserts");
        RowWrite[] deletes = [.. inserted.Select((etag, index) => RowWrite.Delete($"row {index}", etag!))];
        RequireApplied(await WriteAsync(deletes), 20, "A transaction of deletes");

        RequireApplied(await WriteAsync(deletes), 20, "The same transaction of deletes again");
    }

    /// <summary>The least that a store must take at once; Table Storage's limit.</summary>
    public async Task A_transaction_takes_100_writes()
    {
        RequireApplied(await WriteAsync([.. Enumerable.Range(0, 100).Select(index => RowWrite.Insert($"row {index:D3}", Values($"{index}")))]), 100, "A transaction of 100 writes");

        Require((await ListAsync(new RowQuery(Partition, "row "))).Count == 100, "A transaction of 100 inserts must leave 100 rows.");
    }

    /// <summary>Two writes of one row in one transaction have no meaning.</summary>
    public async Task A_transaction_that_writes_a_row_twice_is_bad_input()
    {
        var exception = await CatchAsync<ArgumentException>(() => WriteAsync(RowWrite.Insert("row", Values("one")), RowWrite.Insert("row", Values("two"))));

        Require(exception is not null, "A transaction that writes a row twice must be refused with an ArgumentException.");
        await RequireTextAsync("row", null);
    }

    /// <summary>Rows travel with their guard: a loser of the race leaves none.</summary>
    public async Task Of_concurrent_transactions_on_one_guard_one_leaves_rows()
    {
        var guard = await InsertAsync("guard", "old");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(async index =>
        {
            await Task.Yield();
            return await WriteAsync(
                RowWrite.Replace("guard", Values($"writer {index}"), guard), RowWrite.Insert($"row|{index}|a", Values($"writer {index}")), RowWrite.Insert($"row|{index}|b", Values($"writer {index}")));
        }));

        Require(outcomes.Count(outcome => outcome is WriteOutcome.Applied) == 1, "One of the concurrent transactions on one guard must win.");
        var winner = (await ReadAsync("guard"))!.GetString("Text");
        var rows = await ListAsync(new RowQuery(Partition, "row|"));
        Require(rows.Count == 2 && rows.All(row => row.GetString("Text") == winner), $"Only the rows of the winner ({winner}) may be there, but there are {string.Join(", ", rows.Select(row => row.Address.RowKey))}.");
    }

    private async Task RefusedAtAnyPlaceAsync(RefusalReason reason, Func<string, Task<(RowWrite Write, string? Text)>> prepare)
    {
        const int Writes = 4;
        for (var place = 0; place < Writes; place++)
        {
            var what = $"A transaction whose write {place} is {reason}";
            var (refusedWrite, text) = await prepare($"{place}-refused");
            var replaced = await InsertAsync($"{place}-replaced", "old");
            var deleted = await InsertAsync($"{place}-deleted", "old");
            List<RowWrite> writes =
            [
                RowWrite.Insert($"{place}-inserted", Values("new")), RowWrite.Replace($"{place}-replaced", Values("new"), replaced), RowWrite.Delete($"{place}-deleted", deleted),
            ];
            writes.Insert(place, refusedWrite);

            RequireRefused(await WriteAsync([.. writes]), place, reason, what);

            await RequireTextAsync($"{place}-refused", text);
            await RequireTextAsync($"{place}-inserted", null);
            await RequireTextAsync($"{place}-replaced", "old");
            await RequireTextAsync($"{place}-deleted", "old");
            Require((await ReadAsync($"{place}-replaced"))!.ETag == replaced, $"{what} must leave the versions of other rows alone.");
        }
    }
}
