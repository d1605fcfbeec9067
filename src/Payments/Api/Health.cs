namespace Payments.Api;

/// <summary>What <c>/healthz</c> answers.</summary>
internal sealed record Health(string Status);
