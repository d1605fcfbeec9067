using Microsoft.Extensions.Logging;

namespace LocalServiceBus;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Serving {QueueCount} queues on 127.0.0.1:{Port}.")]
    public static partial void Started(ILogger logger, int queueCount, int port);

    [LoggerMessage(2, LogLevel.Warning, "{Warning}")]
    public static partial void Configuration(ILogger logger, string warning);

    [LoggerMessage(3, LogLevel.Debug, "A client is gone: {Reason}")]
    public static partial void ClientGone(ILogger logger, string reason);

    [LoggerMessage(4, LogLevel.Warning, "A client sent what is no AMQP 1.0, and was cut off: {Reason}")]
    public static partial void ClientMisbehaved(ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Error, "A client's connection ended by a mistake of the broker.")]
    public static partial void ClientFailed(ILogger logger, Exception exception);

    [LoggerMessage(6, LogLevel.Information, "Read {MessageCount} messages from {Folder}.")]
    public static partial void Restored(ILogger logger, int messageCount, string folder);

    [LoggerMessage(7, LogLevel.Critical, "What the broker keeps can't be written. It takes nothing more.")]
    public static partial void JournalFailed(ILogger logger, Exception exception);
}
