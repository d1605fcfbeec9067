using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Functions.Keys;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.Functions.ServiceBus.Batches;

/// <summary>Finds what is wrong with a batched function when the app starts: ends of sentences that begin with its name.</summary>
internal static class BatchCheck
{
    /// <summary>How long one message of a batch takes where the attribute does not say.</summary>
    private static readonly TimeSpan DefaultMessageTime = TimeSpan.FromMilliseconds(50);

    public static IEnumerable<string> Check(FunctionDescription function, bool hasSessions, FunctionSettings settings, HostSettings host, InboxOptions inbox)
    {
        if (function.ReturnType != typeof(MessageBatchOutcome))
        {
            yield return $"is batched and returns {function.ReturnType.Name}: apply the batch by context.GetMessageBatch().ApplyAsync(…) and return what that returns, a MessageBatchOutcome. A function that goes through the messages by itself would be neither run once for each nor settled.";
        }

        if (settings.Key is KeySource.Property or KeySource.Body)
        {
            yield return "is batched and sets KeyProperty or KeyBodyPath: a message of a batch is known by the event's own identity, since what its key was used for before can't be compared. Leave it out.";
        }

        if (settings is not { Lease: null, MaxExecution: null, Retention: null, CrashPolicy: CrashPolicy.Rerun, ProbeType: null })
        {
            yield return "is batched and sets Lease, MaxExecution, Retention, CrashPolicy or ProbeType: a batch makes no claim, its only effects are the rows that commit with its messages, and they are remembered for Inbox:Retention. Leave them out.";
        }

        if (hasSessions && host.MinMessageBatchSize > 1)
        {
            // It begins the next batch with what it has kept, and so does the end of a session.
            yield return $"takes batches of a session with minMessageBatchSize = {host.MinMessageBatchSize} (extensions.serviceBus in host.json): the host keeps messages until there are so many, and brings them before one that failed ahead of them. Leave it at 1.";
        }

        var time = settings.MessageTime ?? DefaultMessageTime;
        if (time <= TimeSpan.Zero)
        {
            yield return $"has MessageTime = {time}: set it above zero.";
            yield break;
        }

        // Nobody renews the locks of a batch, of messages or of sessions.
        var available = inbox.Rules.LockDuration * BatchExecution.ShareOfLock;
        if (host.MaxMessageBatchSize * time > available)
        {
            yield return $"takes up to {host.MaxMessageBatchSize} messages (extensions.serviceBus.maxMessageBatchSize in host.json), which at {time} each (MessageTime) take {host.MaxMessageBatchSize * time}: longer than three quarters of their lock (Inbox:Rules:LockDuration, {inbox.Rules.LockDuration}), which nobody renews in a batch. "
                + $"Set maxMessageBatchSize to {Math.Max(1, (int)(available / time))} or less, MessageTime to what a message really takes, or a longer lock on the queue and as Inbox:Rules:LockDuration.";
        }
    }
}
