using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage.Tests.Administration;

public sealed class InMemoryAdministrationTests : AdministrationCases
{
    private protected override IRowStore Store { get; } = new InMemoryRowStore();
}
