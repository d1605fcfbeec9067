using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage.Tests.Purge;

[Collection(OneAzurite.Name)]
public sealed class TableStoragePurgeTests(AzuriteFixture azurite) : PurgeCases
{
    private protected override IExpiredRowStore Store { get; } = azurite.CreateStore();
}
