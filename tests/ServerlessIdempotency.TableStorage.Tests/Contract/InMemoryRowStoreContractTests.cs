using System.Reflection;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Testing.Contracts;

namespace ServerlessIdempotency.TableStorage.Tests.Contract;

public sealed class InMemoryRowStoreContractTests
{
    public static TheoryData<string> Cases => [.. RowStoreContract.CaseNames];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Memory_keeps_the_contract(string caseName) => new TestedContract(new InMemoryRowStore()).RunAsync(caseName);

    [Fact]
    public void Every_case_of_the_contract_is_listed()
    {
        var methods = typeof(RowStoreContract).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.ReturnType == typeof(Task) && method.GetParameters().Length == 0)
            .Select(method => method.Name);

        Assert.Equal(methods.Order(), RowStoreContract.CaseNames.Order());
    }
}
