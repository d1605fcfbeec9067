using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage.Tests.Purge;

public sealed class InMemoryPurgeTests : PurgeCases
{
    private protected override IExpiredRowStore Store { get; } = new InMemoryRowStore();
}
