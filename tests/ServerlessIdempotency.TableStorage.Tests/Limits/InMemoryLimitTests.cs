using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage.Tests.Limits;

public sealed class InMemoryLimitTests : LimitCases
{
    protected override IRowStore Store { get; } = new InMemoryRowStore();

    protected override int Requests => 0;
}
