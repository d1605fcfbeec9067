namespace ServerlessIdempotency.Functions.Settings;

/// <summary>What the start check must know of a function, read from its method.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Kind">What starts it.</param>
/// <param name="ReturnType">What it returns once awaited; void where nothing.</param>
internal sealed record FunctionDescription(string Name, FunctionKind Kind, Type ReturnType)
{
    /// <summary>Service Bus: whether its trigger is bound to one received message.</summary>
    public bool TakesReceivedMessage { get; init; }

    /// <summary>Service Bus: what the trigger says of automatic completion; null where it says nothing.</summary>
    public bool? AutoCompletes { get; init; }
}
