using System.Runtime.CompilerServices;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>An instance that runs the earlier build of the shop until the deployment reaches it, while the later build already starts sagas elsewhere.</summary>
internal sealed class RollingShop(Shop earlier, Shop later, TimeProvider clock, DateTimeOffset reachedAt)
{
    public Shop Earlier => earlier;

    public Shop Later => later;

    public Shop Current => clock.GetUtcNow() < reachedAt ? earlier : later;

    public static async Task<RollingShop> StartAsync(ProofProcess process) => new(
        await Shop.StartAsync(process, new ShopRelease(Version: 1)),
        await Shop.StartAsync(process, new ShopRelease(Version: 2)),
        process.Clock,
        process.Shared(() => new StrongBox<DateTimeOffset>(process.Clock.GetUtcNow() + TimeSpan.FromSeconds(90))).Value);
}
