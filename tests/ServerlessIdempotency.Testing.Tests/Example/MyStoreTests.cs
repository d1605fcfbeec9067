using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Contracts;

namespace ServerlessIdempotency.Testing.Tests.Example;

public sealed class MyStoreTests
{
    public static TheoryData<string> Cases => [.. RowStoreContract.CaseNames];

    [Theory]
    [MemberData(nameof(Cases))]
    public Task It_keeps_the_contract(string caseName) => new MyContract().RunAsync(caseName);

    private sealed class MyContract : RowStoreContract
    {
        protected override IRowStore Store { get; } = new MyStore();
    }
}
