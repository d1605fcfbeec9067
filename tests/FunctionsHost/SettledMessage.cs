namespace FunctionsHost;

/// <summary>What the worker did with a message, and how long it had held it until then.</summary>
internal sealed record SettledMessage(string MessageId, int DeliveryCount, string Settlement, TimeSpan Held);
