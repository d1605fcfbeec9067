namespace ServerlessIdempotency.Functions.ServiceBus.Batches;

/// <summary>How a batch was settled.</summary>
/// <param name="Fault">What the first settlement that failed ended with; null where none did.</param>
/// <param name="IsHeldBack">Whether messages are left as they are for the session's end, which the host brings about only for a function that succeeded.</param>
internal sealed record SettledBatch(Exception? Fault, bool IsHeldBack);
