using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Contracts;

namespace ServerlessIdempotency.TableStorage.Tests.Contract;

internal sealed class TestedContract(IRowStore store) : RowStoreContract
{
    protected override IRowStore Store => store;
}
