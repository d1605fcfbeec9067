using ServerlessIdempotency.Testing.Contracts;

namespace ServerlessIdempotency.TableStorage.Tests.Contract;

[Collection(OneAzurite.Name)]
public sealed class TableStorageRowStoreContractTests(AzuriteFixture azurite)
{
    public static TheoryData<string> Cases => [.. RowStoreContract.CaseNames];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Table_storage_keeps_the_contract(string caseName) => new TestedContract(azurite.CreateStore()).RunAsync(caseName);
}
