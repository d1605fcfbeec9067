using System.Globalization;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Contracts;

/// <summary>What replaces must keep.</summary>
internal sealed class ReplaceCases(IRowStore store, string table) : ContractCases(store, table)
{
    /// <summary>A replace is no merge.</summary>
    public async Task A_replace_puts_new_columns_for_all_old_ones()
    {
        var inserted = RequireApplied(await WriteAsync(RowWrite.Insert("row", new Dictionary<string, object> { ["Text"] = "old", ["Gone"] = 1 })), 1, "The insert")[0]!;

        var replaced = await ReplaceAsync("row", "new", inserted);

        var row = (await ReadAsync("row"))!;
        Require(!row.Values.ContainsKey("Gone"), "A column that a replace leaves out must be gone.");
        Require(row.ETag == replaced, $"The replace answered version {replaced}, but the row has {row.ETag}.");
        await RequireTextAsync("row", "new");
    }

    /// <summary>A writer that read an older version changes nothing (law 3).</summary>
    public async Task A_replace_with_an_old_version_is_refused()
    {
        var first = await InsertAsync("row", "first");
        await ReplaceAsync("row", "second", first);

        RequireRefused(await WriteAsync(RowWrite.Replace("row", Values("stale"), first)), 0, RefusalReason.Stale, "A replace with an old version");

        await RequireTextAsync("row", "second");
    }

    /// <summary>A version names a write, not a content: a fence must notice a write of equal values too.</summary>
    public async Task A_replace_that_changes_no_value_makes_a_new_version()
    {
        var first = await InsertAsync("row", "same");
        var second = await ReplaceAsync("row", "same", first);
        var third = await ReplaceAsync("row", "same", second);

        Require(first != second && second != third && first != third, $"Three writes must make three versions, but made {first}, {second} and {third}.");
        RequireRefused(await WriteAsync(RowWrite.Replace("row", Values("stale"), first)), 0, RefusalReason.Stale, "A replace with an old version");
    }

    /// <summary>A replace does not bring a deleted row back.</summary>
    public async Task A_replace_of_a_missing_row_is_refused()
    {
        var etag = await InsertAsync("other", "other");

        RequireRefused(await WriteAsync(RowWrite.Replace("row", Values("new"), etag)), 0, RefusalReason.Missing, "A replace of a missing row");

        await RequireTextAsync("row", null);
    }

    /// <summary>Compare-and-set under contention: 8 writers add 10 each.</summary>
    public async Task Concurrent_counters_lose_no_increment()
    {
        const int Writers = 8;
        const int Increments = 10;
        await InsertAsync("row", "0");

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            for (var done = 0; done < Increments;)
            {
                var row = (await ReadAsync("row"))!;
                var next = int.Parse(row.GetString("Text")!, CultureInfo.InvariantCulture) + 1;
                var outcome = await WriteAsync(RowWrite.Replace("row", Values(next.ToString(CultureInfo.InvariantCulture)), row.ETag));
                if (outcome is WriteOutcome.Applied)
                {
                    done++;
                }
                else
                {
                    RequireRefused(outcome, 0, RefusalReason.Stale, "An increment that came second");
                }
            }
        }));

        await RequireTextAsync("row", (Writers * Increments).ToString(CultureInfo.InvariantCulture));
    }
}
