using TestDoubles.Storage;

namespace Payments.LocalHost.Tests;

/// <summary>A storage that outlives the hosts of a test class.</summary>
public sealed class AzuriteFixture : AzuriteStorage, IAsyncLifetime;
