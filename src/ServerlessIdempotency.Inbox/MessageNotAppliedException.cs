namespace ServerlessIdempotency.Inbox;

/// <summary>A message was not applied; the broker brings it again.</summary>
internal sealed class MessageNotAppliedException(string message) : Exception(message);
