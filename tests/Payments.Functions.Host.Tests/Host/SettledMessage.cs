namespace Payments.Functions.Host.Tests.Host;

/// <summary>What the worker did with a message.</summary>
internal sealed record SettledMessage(string MessageId, int DeliveryCount, string Settlement, DateTimeOffset At);
