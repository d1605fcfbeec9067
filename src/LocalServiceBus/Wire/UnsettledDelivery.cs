namespace LocalServiceBus.Wire;

/// <summary>A delivery whose outcome the client has yet to say.</summary>
internal readonly record struct UnsettledDelivery(uint Id, OutboundLink Link, Guid LockToken);
