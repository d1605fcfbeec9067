using System.Text.Json;
using Microsoft.Azure.Functions.Worker.Converters;
using ServiceBusExtension.Settling;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Binds a parameter to the actions of the session that the host tells of, and fails where it tells of none.</summary>
internal sealed class SessionMessageActionsConverter(Settlement.SettlementClient settlement) : IInputConverter
{
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        var data = context.FunctionContext.BindingContext.BindingData;
        var session = data.GetValueOrDefault("SessionId") as string ?? (data.GetValueOrDefault("SessionIdArray") as IEnumerable<string>)?.FirstOrDefault();

        // Of a queue without sessions the host tells the actions as well, without the end of a lock.
        return ValueTask.FromResult(session is not null && data.GetValueOrDefault("SessionActions") is string actions && HasLock(actions)
            ? ConversionResult.Success(new ServiceBusSessionMessageActions(settlement, session))
            : ConversionResult.Failed(new InvalidOperationException("The host tells of no session: the trigger needs IsSessionsEnabled = true.")));
    }

    private static bool HasLock(string actions)
    {
        using var document = JsonDocument.Parse(actions);
        return document.RootElement.TryGetProperty("SessionLockedUntil", out _);
    }
}
