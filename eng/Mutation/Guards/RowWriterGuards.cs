namespace Mutation.Guards;

/// <summary>A write knows itself (law 5).</summary>
internal static class RowWriterGuards
{
    private const string Writer = "src/ServerlessIdempotency/Rows/RowWriter.cs";

    public static IReadOnlyList<Guard> All { get; } =
    [
        new(5, "own write: the stored operation id is ours", Writer, "_ when current?.GetString(RowColumns.OperationId) == operationId => Fate.Happened,", ""),
        new(5, "own write: each logical write has a fresh id", Writer, """var operationId = Guid.NewGuid().ToString("N");""", """var operationId = "same";"""),
        new(5, "own write: an insert is stamped", Writer, "insert with { Values = Stamp(insert.Values, operationId) }", "insert"),
        new(5, "own write: a replace is stamped", Writer, "replace with { Values = Stamp(replace.Values, operationId) }", "replace"),
        new(5, "own write: an insert whose row is absent is sent again", Writer, "RowWrite.InsertRow => current is null ? Fate.Unchanged : Fate.Superseded,", "RowWrite.InsertRow => Fate.Superseded,"),
        new(5, "own write: an insert that met a row is not sent again", Writer, "RowWrite.InsertRow => current is null ? Fate.Unchanged : Fate.Superseded,", "RowWrite.InsertRow => Fate.Unchanged,"),
        new(5, "own write: a replace of an unchanged row is sent again", Writer, "current?.ETag == replace.ETag ? Fate.Unchanged : Fate.Superseded,", "Fate.Superseded,"),
        new(5, "own write: a replace of a changed row is not sent again", Writer, "current?.ETag == replace.ETag ? Fate.Unchanged : Fate.Superseded,", "Fate.Unchanged,"),
        new(5, "own write: a deleted row that is gone is done", Writer, "RowWrite.DeleteRow when current is null => Fate.Happened,", "RowWrite.DeleteRow when current is null => Fate.Superseded,"),
        new(5, "own write: a delete of an unchanged row is sent again", Writer, "current.ETag == delete.ETag ? Fate.Unchanged : Fate.Superseded", "Fate.Superseded"),
        new(5, "own write: a delete of a changed row is not sent again", Writer, "current.ETag == delete.ETag ? Fate.Unchanged : Fate.Superseded", "Fate.Unchanged"),
        new(5, "own write: an unclear failure is read back", Writer, "var (known, outcome) = await TryReadBackAsync(partition, guard, operationId, cancellationToken);", "var (known, outcome) = (false, (CommitOutcome?)null);"),
        new(5, "own write: an unclear failure after another's write is a refusal", Writer, "Fate.Superseded => new CommitOutcome.Refused(0, guard is RowWrite.InsertRow ? RefusalReason.AlreadyExists : current is null ? RefusalReason.Missing : RefusalReason.Stale, current),", ""),
        new(5, "own write: an unclear failure is sent again", Writer, "if (resends == _options.MaxResends || !HasTimeForAnother(begun, sent)) { failure = known", "if (true) { failure = known"),
        new(5, "own write: a store that hangs is given up in time", Writer, "if (resends == _options.MaxResends || !HasTimeForAnother(begun, sent)) { failure = known", "if (resends == _options.MaxResends) { failure = known"),
        new(3, "transaction: a refused business row is told from a refused guard", Writer, "case WriteOutcome.Refused { Index: > 0 } refused: return new CommitOutcome.Refused(refused.Index, refused.Reason, Current: null);", ""),
        new(3, "transaction: a refusal without an index is no lost guard while the guard is unchanged", Writer, "case Fate.Unchanged when refused.Index is null:", "case Fate.Unchanged when false:"),
    ];
}
