using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>A message that is in a queue when the run begins.</summary>
internal sealed record PlannedMessage(string Queue, string Name, string Operation, InboundMessage Message);
