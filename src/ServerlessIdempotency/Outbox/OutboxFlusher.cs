using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Rows.Limits;
using ServerlessIdempotency.Telemetry;

namespace ServerlessIdempotency.Outbox;

/// <summary>Sends what is due in a partition and removes each row once the broker has its message. Sending twice is harmless: the id is the same.</summary>
internal sealed class OutboxFlusher(RowWriter writer, IMessageSender sender, PartitionRegister register, OutboxOptions options, TimeProvider timeProvider, ILogger<OutboxFlusher> logger, IdempotencyMetrics? metrics = null)
{
    private const int MaxSessionsAtOnce = 8;

    // How many messages of others one operation looks through for earlier ones of its sessions, parked ones too, and what they weigh; where there is more, its sessions are the sweeper's.
    private const int MaxBacklog = 2_000;
    private const long MaxBacklogBytes = 16 * 1024 * 1024;

    // How many of those it sends in its own time.
    private const int MaxEarlier = 100;

    public IRowStore Store => writer.Store;

    /// <summary>Sends the messages of one operation.</summary>
    /// <param name="partition">Where the rows are.</param>
    /// <param name="operationHash">The operation.</param>
    /// <param name="closed">Queues that are not asked for now.</param>
    /// <param name="cancellationToken">Stops before the next message.</param>
    public async Task<OutboxFlushResult> FlushAsync(PartitionAddress partition, string operationHash, ClosedQueues closed, CancellationToken cancellationToken)
    {
        var rows = new List<OutboxRow>();
        await foreach (var row in writer.Store.QueryAsync(new RowQuery(partition, OutboxRow.PrefixOf(operationHash)), cancellationToken))
        {
            if (ToUnsent(row) is { } unsent)
            {
                rows.Add(unsent);
            }
        }

        if (rows.Any(row => row.Session is not null))
        {
            if (rows.TrueForAll(row => row.Message is { } message && closed.Contains(message.Queue)))
            {
                // None of them is sent now, nor where a queue opens in this moment: what is earlier was not looked for.
                return new OutboxFlushResult(0, 0, rows.Count);
            }

            rows = await WithEarlierOfSessionsAsync(partition, operationHash, rows, cancellationToken);
        }

        return await FlushAsync(partition, rows, minAge: TimeSpan.Zero, closed, cancellationToken);
    }

    /// <param name="partition">Where the rows are.</param>
    /// <param name="rows">The rows; of a session, none that is earlier is left out.</param>
    /// <param name="minAge">How old a message must be; younger ones are left to whoever committed them.</param>
    /// <param name="closed">Queues that are not asked for now.</param>
    /// <param name="cancellationToken">Stops before the next message.</param>
    /// <param name="held">Is told each session that has to wait.</param>
    public async Task<OutboxFlushResult> FlushAsync(
        PartitionAddress partition, IReadOnlyList<OutboxRow> rows, TimeSpan minAge, ClosedQueues closed, CancellationToken cancellationToken, Action<string>? held = null)
    {
        // In the order of their commits. A session is one sequence; messages without one need not wait for each other.
        var sequences = rows
            .OrderBy(row => row.CommittedAt)
            .ThenBy(row => row.Row.Address.RowKey, StringComparer.Ordinal)
            .GroupBy(row => row.Session ?? row.Row.Address.RowKey)
            .ToList();
        var results = new ConcurrentBag<(string Sequence, OutboxFlushResult Result)>();
        await Parallel.ForEachAsync(
            sequences,
            new ParallelOptions { MaxDegreeOfParallelism = MaxSessionsAtOnce, CancellationToken = cancellationToken, TaskScheduler = TaskScheduler.Current },
            async (sequence, token) => results.Add((sequence.Key, await FlushSequenceAsync(partition, [.. sequence], minAge, closed, token))));
        foreach (var (sequence, _) in results.Where(entry => entry.Result.Remaining > 0))
        {
            held?.Invoke(sequence);
        }

        return OutboxFlushResult.Sum(results.Select(entry => entry.Result));
    }

    /// <summary>The message that is to be sent by this app; null where it is parked or another app's.</summary>
    public OutboxRow? ToUnsent(Row row) => AppNames.Owns(options.AppName, row) && OutboxRow.FromRow(row) is { IsParked: false } unsent ? unsent : null;

    /// <summary>What earlier operations left of the same sessions goes first: whoever committed it may be about to send it too, under the same id.</summary>
    private async Task<List<OutboxRow>> WithEarlierOfSessionsAsync(PartitionAddress partition, string operationHash, List<OutboxRow> rows, CancellationToken cancellationToken)
    {
        var own = OutboxRow.PrefixOf(operationHash);
        var sessions = rows.Select(row => row.Session).OfType<string>().ToHashSet();
        var latest = rows.Max(row => row.CommittedAt);
        var others = new List<OutboxRow>();
        var (count, bytes) = (0, 0L);
        await foreach (var row in writer.Store.QueryAsync(new RowQuery(partition, RowKeyPrefixes.Outbox), cancellationToken))
        {
            if (row.Address.RowKey.StartsWith(own, StringComparison.Ordinal))
            {
                continue;
            }

            bytes += EntitySize.Of(row.Address, row.Values);
            if (++count > MaxBacklog || bytes > MaxBacklogBytes)
            {
                // What is not listed yet may be of the same sessions, and earlier.
                return rows.FindAll(row => row.Session is null);
            }

            if (ToUnsent(row) is { } unsent)
            {
                others.Add(unsent);
            }
        }

        var earlier = others.FindAll(row => row.Session is { } session && sessions.Contains(session) && row.CommittedAt < latest);

        // Its own of a session come behind all of these: then some are sent, and the next operation or the sweeper goes on.
        return earlier.Count <= MaxEarlier
            ? [.. rows, .. earlier]
            : [.. rows.FindAll(row => row.Session is null), .. earlier.OrderBy(row => row.CommittedAt).ThenBy(row => row.Row.Address.RowKey, StringComparer.Ordinal).Take(MaxEarlier)];
    }

    private async Task<OutboxFlushResult> FlushSequenceAsync(PartitionAddress partition, OutboxRow[] rows, TimeSpan minAge, ClosedQueues closed, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var sent = new List<OutboxRow>();
        var givenUp = new List<OutboxRow>();

        // A message that has to wait holds back all later ones of its session, until it is sent or parked, and nothing else.
        var isHeld = false;
        foreach (var row in rows)
        {
            if (isHeld || cancellationToken.IsCancellationRequested)
            {
                break;
            }

            if (row.CommittedAt + minAge > now || row.NextAttemptAt > now || (row.Message is { } message && closed.Contains(message.Queue)))
            {
                isHeld = true;
                continue;
            }

            switch (await SendAsync(row, closed, cancellationToken))
            {
                case SendOutcome.Sent:
                    sent.Add(row);
                    break;
                case SendOutcome.Unavailable unavailable:
                    logger.QueueUnavailable(row.Message!.Queue, unavailable.Error);
                    closed.Close(row.Message.Queue);
                    isHeld = true;
                    break;
                case SendOutcome.Refused refused when await TryParkAsync(row, refused.Error):
                    givenUp.Add(row);
                    break;
                case SendOutcome.Failed failed when row.Attempts + 1 >= options.MaxAttempts && await TryParkAsync(row, failed.Error):
                    givenUp.Add(row);
                    break;
                case SendOutcome.Failed failed:
                    await CountAttemptAsync(row, failed.Error);
                    isHeld = true;
                    break;
                default:
                    isHeld = true;
                    break;
            }
        }

        // The broker has them, so their rows go even where the process is about to stop.
        var removed = await RemoveAsync(partition, sent);
        var overdue = rows.Except(sent).Except(givenUp).Where(row => row.CommittedAt + OverdueLog.Age <= now).ToList();
        return new OutboxFlushResult(removed, givenUp.Count, rows.Length - removed - givenUp.Count) { Overdue = overdue.Count, Oldest = overdue.Min(row => (DateTimeOffset?)row.CommittedAt) };
    }

    private async Task<SendOutcome> SendAsync(OutboxRow row, ClosedQueues closed, CancellationToken cancellationToken)
    {
        if (row.Message is not { } message)
        {
            return new SendOutcome.Refused(row.Fault!);
        }

        using var timeout = new CancellationTokenSource(options.SendTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            // A sender that ignores its token must not stop the others either.
            var outcome = await sender.SendAsync(message, either.Token).WaitAsync(either.Token);
            closed.Answered(message.Queue);
            return outcome;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new SendOutcome.Unavailable("This process stops.");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            closed.CloseSilent(message.Queue);
            return new SendOutcome.Failed($"The sender gave no answer within {options.SendTimeout}.");
        }
        catch (Exception exception)
        {
            return new SendOutcome.Failed($"{exception.GetType().Name}: {exception.Message}");
        }
    }

    private async Task CountAttemptAsync(OutboxRow row, string error)
    {
        var pause = Backoff.Pause(options.FirstRetryDelay, row.Attempts, options.MaxRetryDelay);
        logger.SendFailed(row.Message!.MessageId, row.Message.Queue, row.Attempts + 1, error);
        await TryReplaceAsync(row, row.AfterFailure(error, timeProvider.GetUtcNow() + pause));
    }

    private async Task<bool> TryParkAsync(OutboxRow row, string error)
    {
        try
        {
            // First where it is found, then the state: a parked row that nobody finds would be a silent drop.
            await register.NoteParkedAsync(row.Row.Address);
        }
        catch (StoreUnavailableException exception)
        {
            logger.OutboxWriteFailed(row.Row.Address, exception);
            return false;
        }

        if (!await TryReplaceAsync(row, row.ToParked(error, timeProvider.GetUtcNow())))
        {
            return false;
        }

        logger.MessageParked(row.Row.Address, row.Message?.Queue, error);
        metrics?.MessageParked(row.Message?.Queue);
        if (row.Message?.SessionId is { } session)
        {
            logger.SessionGoesOn(session, row.Message.Queue, row.Row.Address);
        }

        return true;
    }

    private async Task<bool> TryReplaceAsync(OutboxRow row, Dictionary<string, object> values)
    {
        try
        {
            // A refusal means that another sender has sent it or counted its own attempt.
            return await writer.WriteAsync(row.Row.Address.Partition, [RowWrite.Replace(row.Row.Address.RowKey, values, row.Row.ETag)], CancellationToken.None) is CommitOutcome.Written;
        }
        catch (StoreUnavailableException exception)
        {
            logger.OutboxWriteFailed(row.Row.Address, exception);
            return false;
        }
    }

    /// <returns>How many rows are gone.</returns>
    private async Task<int> RemoveAsync(PartitionAddress partition, List<OutboxRow> sent)
    {
        var removed = 0;
        foreach (var chunk in sent.Chunk(RowTransaction.MaxWrites))
        {
            try
            {
                if (await DeleteAsync(chunk) is CommitOutcome.Written)
                {
                    removed += chunk.Length;
                    continue;
                }

                // Another sender has changed one of them: the others go one by one.
                foreach (var row in chunk)
                {
                    removed += await DeleteAsync(row) is CommitOutcome.Written ? 1 : 0;
                }
            }
            catch (StoreUnavailableException exception)
            {
                logger.OutboxWriteFailed(chunk[0].Row.Address, exception);
            }
        }

        return removed;

        Task<CommitOutcome> DeleteAsync(params IEnumerable<OutboxRow> rows) =>
            writer.WriteAsync(partition, [.. rows.Select(row => RowWrite.Delete(row.Row.Address.RowKey, row.Row.ETag))], CancellationToken.None);
    }
}
