using Microsoft.Extensions.DependencyInjection;

namespace ServerlessIdempotency.DependencyInjection;

/// <summary>What <c>AddIdempotency</c> returns: add a store and, where wanted, the outbox.</summary>
/// <param name="services">The app's services.</param>
public sealed class IdempotencyBuilder(IServiceCollection services)
{
    /// <summary>The app's services.</summary>
    public IServiceCollection Services { get; } = services;
}
