namespace Payments.Proof.Tests.Outside;

/// <summary>A call that reached the gateway.</summary>
/// <param name="Operation">The operation on whose behalf it was made.</param>
/// <param name="Name">What was asked for: <c>charge</c>, <c>capture</c>, <c>refund</c>.</param>
/// <param name="Key">The key that it carried.</param>
internal sealed record GatewayCall(string Operation, string Name, string Key);
