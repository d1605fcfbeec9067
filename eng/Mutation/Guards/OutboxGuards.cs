namespace Mutation.Guards;

/// <summary>What is committed is sent, at least once and under one id (law 9).</summary>
internal static class OutboxGuards
{
    private const string Flusher = "src/ServerlessIdempotency/Outbox/OutboxFlusher.cs";
    private const string Sweeper = "src/ServerlessIdempotency/Outbox/OutboxSweeper.cs";
    private const string Partitions = "src/ServerlessIdempotency/Outbox/PartitionSweep.cs";
    private const string Backlog = "src/ServerlessIdempotency/Outbox/OutboxBacklog.cs";
    private const string Register = "src/ServerlessIdempotency/Outbox/PartitionRegister.cs";
    private const string Administration = "src/ServerlessIdempotency/Outbox/OutboxAdministration.cs";
    private const string Row = "src/ServerlessIdempotency/Outbox/OutboxRow.cs";

    public static IReadOnlyList<Guard> All { get; } =
    [
        new(9, "outbox: a row is removed after its message is sent", Flusher, "switch (await SendAsync(row, closed, cancellationToken)) {", "await RemoveAsync(partition, [row]); switch (await SendAsync(row, closed, cancellationToken)) {"),
        new(9, "outbox: a message out of the broker's reach is kept", Flusher, "closed.Close(row.Message.Queue); isHeld = true;", "closed.Close(row.Message.Queue); sent.Add(row);"),
        new(9, "outbox: a message that failed is kept", Flusher, "await CountAttemptAsync(row, failed.Error); isHeld = true;", "await CountAttemptAsync(row, failed.Error); sent.Add(row);"),
        new(9, "outbox: an exception of the sender is a failure", Flusher, """return new SendOutcome.Failed($"{exception.GetType().Name}: {exception.Message}");""", "return new SendOutcome.Sent();"),
        new(9, "outbox: a failing message holds back the later ones of its session", Flusher, "if (isHeld || cancellationToken", "if (cancellationToken"),
        new(9, "outbox: what an earlier operation left of a session goes first", Flusher, "if (rows.Any(row => row.Session is not null)) {", "if (false) {"),
        new(9, "outbox: an operation sends no session behind a backlog that it has not read", Flusher, "if (++count > MaxBacklog || bytes", "if (bytes"),
        new(9, "outbox: an operation reads a backlog of so many bytes at most", Flusher, "if (++count > MaxBacklog || bytes > MaxBacklogBytes)", "if (++count > MaxBacklog)"),
        new(9, "outbox: an operation that did not look for earlier messages sends none", Flusher, "return new OutboxFlushResult(0, 0, rows.Count); } rows = await With", "} else rows = await With"),
        new(9, "outbox: one stall of a queue is counted once", "src/ServerlessIdempotency/Outbox/ClosedQueues.cs", "timeProvider.GetUtcNow() < before.OpenAgainAt ? before : For", "For"),
        new(9, "outbox: a row without an app's name is sent", "src/ServerlessIdempotency/Outbox/AppNames.cs", "is not string owner || owner == (app ?? \"\")", "is string owner && owner == (app ?? \"\")"),
        new(9, "outbox: an operation sends a bounded backlog in its own time", Flusher, "return earlier.Count <= MaxEarlier", "return earlier.Count <= 1_000_000"),
        new(9, "outbox: a silent queue is left alone as long as it holds up the others", "src/ServerlessIdempotency/Outbox/OutboxDispatcher.cs", "options.FirstRetryDelay > options.SendTimeout ? options.FirstRetryDelay : options.SendTimeout;", "options.FirstRetryDelay;"),
        new(9, "outbox: a message that is given up is counted", Flusher, "metrics?.MessageParked(row.Message?.Queue);", ""),
        new(9, "outbox: a message is parked only after its attempts are used up", Flusher, "case SendOutcome.Failed failed when row.Attempts + 1 >= options.MaxAttempts && await", "case SendOutcome.Failed failed when await"),
        new(9, "outbox: a parked message is named before its state says so", Flusher, "await register.NoteParkedAsync(row.Row.Address);", ""),
        new(9, "outbox: a message whose name could not be written is not parked", Flusher, "logger.OutboxWriteFailed(row.Row.Address, exception); return false; } if (!await", "logger.OutboxWriteFailed(row.Row.Address, exception); } if (!await"),
        new(9, "outbox: an attempt is counted on the version that was read", Flusher, "RowWrite.Replace(row.Row.Address.RowKey, values, row.Row.ETag)", "RowWrite.Replace(row.Row.Address.RowKey, values, (await writer.Store.ReadAsync(row.Row.Address, default))?.ETag ?? row.Row.ETag)"),
        new(9, "outbox: parked messages are left to a person", Flusher, "&& OutboxRow.FromRow(row) is { IsParked: false } unsent ?", "&& OutboxRow.FromRow(row) is { } unsent ?"),
        new(10, "outbox: another app's messages are left to it", Flusher, "AppNames.Owns(options.AppName, row) && OutboxRow.FromRow", "OutboxRow.FromRow"),
        new(9, "sweeper: of a long backlog no session is sent before its earliest message was seen", Partitions, "FindAll(row => row.Session is null)", "FindAll(_ => true)"),
        new(9, "sweeper: what may still be on its way is not overtaken in a long backlog", Backlog, "if (row.CommittedAt > committedBefore)", "if (false)"),
        new(9, "sweeper: of a long backlog a session that is held stays so", Backlog, "if (_held.Contains(entry.Session))", "if (false)"),
        new(9, "sweeper: a note is kept while a long backlog is gone through", Partitions, "isFresh && backlog.IsSent ? 0 : 1)", "0)"),
        new(9, "outbox: a failed message waits for its next attempt", Flusher, "|| row.NextAttemptAt > now ||", "||"),
        new(9, "outbox: a young message is left to who committed it", Flusher, "if (row.CommittedAt + minAge > now || row", "if (row"),
        new(9, "outbox: a message's id is the same however often it is sent", Row, """Keys.OperationHash.ComputeText("message", operationHash, place)""", "Guid.NewGuid().ToString()"),
        new(9, "outbox: each message of an operation has an id of its own", Row, """Keys.OperationHash.ComputeText("message", operationHash, place)""", """Keys.OperationHash.ComputeText("message", operationHash)"""),
        new(9, "outbox: a row that is no message stops no other", Row, "return new OutboxRow(row) { Fault = $\"The row is not a readable message: {exception.Message}\" };", "throw;"),
        new(9, "sweeper: a note is kept while messages remain", Sweeper, "if (removable.Count > 0 && result.Remaining > 0)", "if (false)"),
        new(9, "sweeper: a note is kept while a late commit may stand under it", Sweeper, "notes.Where(note => listedFrom >= note.RemovableFrom).ToList()", "notes"),
        new(9, "sweeper: that is judged by the time before the listing", Sweeper, "notes.Where(note => listedFrom >= note.RemovableFrom).ToList()", "notes.Where(note => _timeProvider.GetUtcNow() >= note.RemovableFrom).ToList()"),
        new(9, "sweeper: a note is kept while a saga is unfinished", Sweeper, "await _register.NoteForAsync(partition, next, cancellationToken);", ""),
        new(9, "sweeper: a window is kept while it serves", Sweeper, "if (_timeProvider.GetUtcNow() >= window.RemovableFrom && await", "if (await"),
        new(9, "sweeper: a window is kept while it has notes", Sweeper, " && await _register.IsEmptyAsync(window.Key, cancellationToken)", ""),
        new(9, "sweeper: a partition that can't be read stops no other", Sweeper, "catch (Exception exception) when (exception is not OperationCanceledException || !token.IsCancellationRequested) {", "catch (Exception exception) when (exception is null) {"),
        new(9, "register: a note serves no longer than it says", Register, "if (previous is not null && now < previous.ServesUntil && previous.HasNoteOf(partition))", "if (previous is not null && previous.HasNoteOf(partition))"),
        new(9, "register: a note that was written too late is written again", Register, "if (timeProvider.GetUtcNow() < current.ServesUntil) { return; }", "return;"),
        new(9, "register: a note without its window is none", Register, "await Task.WhenAll(index.Value, writeNote(this, partition));", "await writeNote(this, partition);"),
        new(9, "register: a note is known only once it is written", Register, "await Task.WhenAll(index.Value, writeNote(this, partition)); _noted[partition] = true;", "_noted[partition] = true; await Task.WhenAll(index.Value, writeNote(this, partition));"),
        new(9, "register: a note is kept for its grace", Register, "servesUntil + options.NoteGrace", "servesUntil"),
        new(9, "register: a failed note is tried again by the next caller", Register, "if (_index is null or { IsValueCreated: true, Value.IsFaulted: true })", "if (_index is null)"),
        new(9, "retry of a parked message: the note comes before the state", Administration, "await register.NoteAsync(address.Partition, cancellationToken);", ""),
        new(9, "retry of a parked message: only a parked one goes back", Administration, "if (!message.IsParked) { return false; }", ""),
        new(9, "parked list: the name of a message that is on its way stays", Administration, "if (message.IsParked) { yield return new ParkedMessage(address, message.Message, message.Attempts, message.LastError ?? \"\", message.CommittedAt); }", "if (message.IsParked) { yield return new ParkedMessage(address, message.Message, message.Attempts, message.LastError ?? \"\", message.CommittedAt); } else { await register.RemoveAsync(note, cancellationToken); }"),
    ];
}
