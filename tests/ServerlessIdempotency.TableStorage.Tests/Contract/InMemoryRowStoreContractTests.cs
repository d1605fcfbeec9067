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

    // The cases of one contract share its table, whichever of their concurrent callers asks for it first.
    [Fact]
    public async Task Concurrent_callers_of_one_contract_meet_in_one_table()
    {
        for (var run = 0; run < 500; run++)
        {
            await new TestedContract(new InMemoryRowStore()).RunAsync(nameof(InsertCases.Of_64_concurrent_inserts_of_one_row_one_wins));
        }
    }

    [Fact]
    public void Every_case_of_the_contract_is_listed()
    {
        var methods = typeof(ContractCases).Assembly.GetTypes().Where(type => type.BaseType == typeof(ContractCases))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => method.ReturnType == typeof(Task) && method.GetParameters().Length == 0)
            .Select(method => method.Name);

        Assert.Equal(methods.Order(), RowStoreContract.CaseNames.Order());
    }
}
