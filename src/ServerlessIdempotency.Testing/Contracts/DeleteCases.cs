using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Contracts;

/// <summary>What deletes must keep.</summary>
internal sealed class DeleteCases(IRowStore store, string table) : ContractCases(store, table)
{
    /// <summary>A deleted row is gone, and the answer has no version for it.</summary>
    public async Task A_delete_with_the_current_version_removes_the_row()
    {
        var etag = await InsertAsync("row", "text");

        var etags = RequireApplied(await WriteAsync(RowWrite.Delete("row", etag)), 1, "A delete with the current version");

        Require(etags[0] is null, "A deleted row has no version.");
        await RequireTextAsync("row", null);
    }

    /// <summary>A row that changed since it was read is not deleted.</summary>
    public async Task A_delete_with_an_old_version_is_refused()
    {
        var first = await InsertAsync("row", "first");
        await ReplaceAsync("row", "second", first);

        RequireRefused(await WriteAsync(RowWrite.Delete("row", first)), 0, RefusalReason.Stale, "A delete with an old version");

        await RequireTextAsync("row", "second");
    }

    /// <summary>That the row is gone is all that a delete wants, so it may be repeated.</summary>
    public async Task A_delete_of_a_missing_row_is_applied()
    {
        var etag = await InsertAsync("row", "text");
        RequireApplied(await WriteAsync(RowWrite.Delete("row", etag)), 1, "A delete");

        RequireApplied(await WriteAsync(RowWrite.Delete("row", etag)), 1, "The same delete again");
    }

    /// <summary>A zombie that held the old row's version must not match a new row of that key.</summary>
    public async Task A_version_does_not_come_back_with_a_row_that_is_inserted_again()
    {
        var first = await InsertAsync("row", "same");
        RequireApplied(await WriteAsync(RowWrite.Delete("row", first)), 1, "A delete");

        var second = await InsertAsync("row", "same");

        Require(first != second, $"A row that is inserted again must have a version of its own, but has {second} again.");
        RequireRefused(await WriteAsync(RowWrite.Replace("row", Values("zombie"), first)), 0, RefusalReason.Stale, "A replace with the deleted row's version");
        RequireRefused(await WriteAsync(RowWrite.Delete("row", first)), 0, RefusalReason.Stale, "A delete with the deleted row's version");
    }
}
