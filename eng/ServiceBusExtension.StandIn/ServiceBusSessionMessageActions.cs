using Microsoft.Azure.Functions.Worker.Converters;
using ServiceBusExtension.Settling;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Acts on a session through the host, which holds it.</summary>
[InputConverter(typeof(SessionMessageActionsConverter))]
public class ServiceBusSessionMessageActions
{
    private readonly Settlement.SettlementClient? _settlement;
    private readonly string? _sessionId;

    internal ServiceBusSessionMessageActions(Settlement.SettlementClient settlement, string sessionId) => (_settlement, _sessionId) = (settlement, sessionId);

    /// <summary>For tests that derive from it.</summary>
    protected ServiceBusSessionMessageActions()
    {
    }

    /// <summary>The host closes the session once the function has ended.</summary>
    public virtual async Task ReleaseSession(CancellationToken cancellationToken = default)
    {
        var host = _settlement ?? throw new InvalidOperationException("These actions were made without a host: override what is called.");
        await host.ReleaseSessionAsync(new ReleaseSessionRequest { SessionId = _sessionId }, cancellationToken: cancellationToken);
    }
}
