using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace ServerlessIdempotency.Functions.ServiceBus.Batches;

/// <summary>Finds by what a batch can have its session closed, which gives back uncounted what is held back in it.</summary>
internal sealed class BatchSession(IFunctionMetadataProvider metadata)
{
    private string? _only;

    /// <summary>The session's actions; null where the function has no sessions, or where they would not be sure to be its own.</summary>
    /// <param name="context">The invocation.</param>
    public async Task<ServiceBusSessionMessageActions?> FindAsync(FunctionContext context) =>
        await IsOnlyAsync(context.FunctionDefinition.Name) ? await SessionActionsBinding.BindAsync(context) : null;

    /// <summary>Whether a function is the only one of the app that takes sessions.</summary>
    /// <remarks>
    /// The host knows sessions by their ids alone, whatever the queue: of two functions that hold sessions of the same id it might close the other's, and go on behind what is held back in
    /// this one's.
    /// </remarks>
    /// <param name="function">The function's name.</param>
    public async Task<bool> IsOnlyAsync(string function) => string.Equals(_only ??= await FindOnlyAsync(), function, StringComparison.OrdinalIgnoreCase);

    private async Task<string> FindOnlyAsync()
    {
        var functions = (await metadata.GetFunctionMetadataAsync(AppContext.BaseDirectory)).Where(function => function.RawBindings?.Any(HasSessions) == true).ToList();
        return functions is [var only] ? only.Name ?? "" : "";
    }

    private static bool HasSessions(string binding)
    {
        using var document = JsonDocument.Parse(binding);
        return document.RootElement.EnumerateObject().Any(setting =>
            setting.Name.Equals(nameof(ServiceBusTriggerAttribute.IsSessionsEnabled), StringComparison.OrdinalIgnoreCase) && setting.Value.ValueKind == JsonValueKind.True);
    }
}
