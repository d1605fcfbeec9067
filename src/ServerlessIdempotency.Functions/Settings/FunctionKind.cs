namespace ServerlessIdempotency.Functions.Settings;

/// <summary>What starts a function.</summary>
internal enum FunctionKind
{
    Other,
    Http,
    ServiceBus,
}
