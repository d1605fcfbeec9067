namespace ServerlessIdempotency.Functions.ServiceBus.Messages;

/// <summary>The dead-letter reasons that are not the function's own; alerts and operators go by them.</summary>
internal static class DeadLetterReason
{
    public const string KeyMissing = "IdempotencyKeyMissing";
    public const string KeyReused = "IdempotencyKeyReused";
    public const string FunctionFailed = "FunctionFailed";
    public const string StoreUnavailable = "StoreUnavailable";
    public const string Contended = "Contended";
    public const string StillInProgress = "StillInProgress";
}
