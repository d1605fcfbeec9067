namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Which build of the shop a process runs.</summary>
/// <param name="Version">The version of its saga.</param>
/// <param name="WritesTooMuch">Whether its charge brings more rows along than a transaction takes.</param>
internal sealed record ShopRelease(int Version = 1, bool WritesTooMuch = false);
