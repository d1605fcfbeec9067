namespace Payments.Gateway.Simulated;

/// <summary>What the simulated gateway really charged, for those who want to see that a payment posted twice is made once.</summary>
internal interface ISimulatedCharges
{
    Task<IReadOnlyList<GatewayCharge>> ListAsync(string accountId, CancellationToken cancellationToken);
}
