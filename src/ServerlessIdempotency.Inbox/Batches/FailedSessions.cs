namespace ServerlessIdempotency.Inbox.Batches;

/// <summary>The sessions in which a message of the batch has failed.</summary>
internal sealed class FailedSessions
{
    // By the place of the first message that failed: one before it, whose transaction is filled again, is not behind it.
    private readonly Dictionary<string, int> _failedSessions = new(StringComparer.Ordinal);

    public bool IsBehindFailure(BatchMessage message) => message.Session is { } session && _failedSessions.TryGetValue(session, out var place) && place < message.Place;

    /// <summary>Notes the message where it has failed.</summary>
    public void Note(BatchMessage message)
    {
        if (message is { Failed: true, Session: { } session } && (!_failedSessions.TryGetValue(session, out var place) || message.Place < place))
        {
            _failedSessions[session] = message.Place;
        }
    }
}
