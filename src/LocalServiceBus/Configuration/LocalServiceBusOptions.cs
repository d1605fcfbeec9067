using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalServiceBus.Configuration;

/// <summary>What a broker serves, and where.</summary>
public sealed class LocalServiceBusOptions
{
    /// <summary>The TCP port on 127.0.0.1. Default 0, which takes a free one; 0 to 65,535.</summary>
    public int Port { get; init; }

    /// <summary>The queues. Default none.</summary>
    public IReadOnlyList<QueueOptions> Queues { get; init; } = [];

    /// <summary>A folder that keeps the messages over a restart or a crash of the process. Default null: memory only.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The clock of locks, schedules and expiry. Default <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the broker logs. Default nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
