namespace Payments.Unsent;

/// <summary>Says that an unsent message will be sent by the next sweep.</summary>
/// <param name="Id">The name that it had while it was unsent.</param>
internal sealed record RetriedMessage(string Id);
