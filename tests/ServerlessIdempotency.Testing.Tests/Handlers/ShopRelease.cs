using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Which build of the shop a process runs.</summary>
/// <param name="Version">The version of its saga.</param>
/// <param name="WritesTooMuch">Whether its charge brings more rows along than a transaction takes.</param>
/// <param name="ChargePolicy">The crash policy of a charge that can't be repeated; null where it carries the stable key.</param>
/// <param name="RerunsAllTheSame">A mistake: the step says nothing of its policy.</param>
internal sealed record ShopRelease(int Version = 1, bool WritesTooMuch = false, CrashPolicy? ChargePolicy = null, bool RerunsAllTheSame = false);
