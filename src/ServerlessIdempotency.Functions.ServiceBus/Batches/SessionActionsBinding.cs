using Microsoft.Azure.Functions.Worker;

namespace ServerlessIdempotency.Functions.ServiceBus.Batches;

/// <summary>Obtains the actions of a session for a function that takes none, by the converter that <see cref="ServiceBusSessionMessageActions"/> names for itself.</summary>
internal sealed class SessionActionsBinding : BindingMetadata
{
    private static readonly SessionActionsBinding Instance = new();

    /// <summary>A name that no parameter can have, since the worker keeps what it bound by name.</summary>
    public override string Name => "<idempotency>session";

    public override string Type => "serviceBusSessionMessageActions";

    public override BindingDirection Direction => BindingDirection.In;

    /// <returns>The actions; null where the host tells nothing of the session.</returns>
    public static async Task<ServiceBusSessionMessageActions?> BindAsync(FunctionContext context) =>
        (await context.BindInputAsync<ServiceBusSessionMessageActions>(Instance)).Value;
}
