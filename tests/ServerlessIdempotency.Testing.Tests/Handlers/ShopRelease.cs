using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Which build of the shop a process runs.</summary>
/// <param name="Version">The version of its saga.</param>
/// <param name="WritesTooMuch">Whether its charge brings more rows along than a transaction takes.</param>
/// <param name="ChargePolicy">The crash policy of a charge that can't be repeated; null where it carries the stable key.</param>
/// <param name="RerunsAllTheSame">A mistake: the step says nothing of its policy.</param>
/// <param name="Packs">Whether its saga packs in between, and bills instead of charging.</param>
/// <param name="ForgetsCharge">A mistake: it does not keep the step that it renamed, nor raise its version.</param>
/// <param name="ReservesAfter">How long the other side lets the first attempt to reserve wait; null for not at all.</param>
internal sealed record ShopRelease(int Version = 1, bool WritesTooMuch = false, CrashPolicy? ChargePolicy = null, bool RerunsAllTheSame = false, bool Packs = false, bool ForgetsCharge = false, TimeSpan? ReservesAfter = null);
