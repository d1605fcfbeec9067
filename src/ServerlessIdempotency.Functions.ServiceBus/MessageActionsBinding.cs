using Microsoft.Azure.Functions.Worker;

namespace ServerlessIdempotency.Functions.ServiceBus;

/// <summary>Obtains the actions for a function that takes none, by the converter that <see cref="ServiceBusMessageActions"/> names for itself.</summary>
internal sealed class MessageActionsBinding : BindingMetadata
{
    private static readonly MessageActionsBinding Instance = new();

    /// <summary>A name that no parameter can have, since the worker keeps what it bound by name.</summary>
    public override string Name => "<idempotency>actions";

    public override string Type => "serviceBusMessageActions";

    public override BindingDirection Direction => BindingDirection.In;

    public static async Task<ServiceBusMessageActions> BindAsync(FunctionContext context) =>
        (await context.BindInputAsync<ServiceBusMessageActions>(Instance)).Value
            ?? throw new InvalidOperationException($"{context.FunctionDefinition.Name} can't settle its messages: add a parameter of type ServiceBusMessageActions.");
}
