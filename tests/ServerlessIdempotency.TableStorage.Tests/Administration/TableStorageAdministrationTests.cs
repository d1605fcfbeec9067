using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage.Tests.Administration;

[Collection(OneAzurite.Name)]
public sealed class TableStorageAdministrationTests(AzuriteFixture azurite) : AdministrationCases
{
    private protected override IRowStore Store { get; } = azurite.CreateStore();
}
