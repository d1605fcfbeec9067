using Amqp.Framing;
using Amqp.Types;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Wire;

/// <summary>The service's error conditions, which its clients turn into their own exceptions.</summary>
internal static class Conditions
{
    public const string NotFound = "amqp:not-found";
    public const string NotAllowed = "amqp:not-allowed";
    public const string NotImplemented = "amqp:not-implemented";
    public const string DecodeError = "amqp:decode-error";
    public const string FramingError = "amqp:connection:framing-error";
    public const string MessageSizeExceeded = "amqp:link:message-size-exceeded";
    public const string TransferLimitExceeded = "amqp:link:transfer-limit-exceeded";
    public const string UnattachedHandle = "amqp:session:unattached-handle";
    public const string HandleInUse = "amqp:session:handle-in-use";
    public const string ConnectionForced = "amqp:connection:forced";
    public const string DeadLetter = "com.microsoft:dead-letter";
    public const string ArgumentError = "com.microsoft:argument-error";

    public static Error Create(string condition, string description) => new(condition) { Description = description };

    public static Error From(QueueError error)
    {
        var (condition, _, description) = Describe(error);
        return Create(condition, description);
    }

    /// <summary>The condition, the status code that <c>$management</c> answers with it, and a sentence.</summary>
    public static (string Condition, int Status, string Description) Describe(QueueError error) => error switch
    {
        QueueError.MessageLockLost => ("com.microsoft:message-lock-lost", 410, "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue."),
        QueueError.SessionLockLost => ("com.microsoft:session-lock-lost", 410, "The session lock has expired. Accept the session again."),
        QueueError.SessionCannotBeLocked => ("com.microsoft:session-cannot-be-locked", 410, "The requested session cannot be accepted. It is locked by another receiver."),
        QueueError.Timeout => ("com.microsoft:timeout", 408, "No session with messages became available within the time given."),
        QueueError.MessageNotFound => ("com.microsoft:message-not-found", 404, "No such message was found."),
        QueueError.MessageTooLarge => (MessageSizeExceeded, 400, "The message is larger than the queue allows."),
        QueueError.SessionIdMissing => (NotAllowed, 400, "The queue requires sessions: the message must have a session id."),
        QueueError.SessionRequired => (NotAllowed, 400, "The queue requires sessions: it is received from by accepting a session."),
        QueueError.SessionNotSupported => (NotAllowed, 400, "The queue has no sessions."),
        QueueError.AlreadyDeadLettered => (NotAllowed, 400, "A message of a dead-letter queue can't be dead-lettered."),
        _ => ("amqp:internal-error", 500, "The broker failed."),
    };

    public static Symbol Named(string condition) => condition;
}
