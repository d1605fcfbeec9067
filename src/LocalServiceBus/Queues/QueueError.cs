namespace LocalServiceBus.Queues;

/// <summary>Why a queue refused; the wire maps each to the service's AMQP condition.</summary>
internal enum QueueError
{
    None,
    MessageLockLost,
    SessionLockLost,
    SessionCannotBeLocked,
    Timeout,
    MessageNotFound,
    MessageTooLarge,
    SessionIdMissing,
    SessionRequired,
    SessionNotSupported,
    AlreadyDeadLettered,
}
