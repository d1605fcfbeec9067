using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Takes a write that got no clear answer for one that did not happen, and writes again.</summary>
internal sealed class TakesUnclearForNo(ProofProcess process) : NaiveApp(process)
{
    public async Task<ProofAnswer> PayAsync()
    {
        while (true)
        {
            try
            {
                await InsertAsync($"payment|{Guid.NewGuid()}");
                return new ProofAnswer.Final("paid");
            }
            catch (StoreUnavailableException)
            {
                // Try again.
            }
        }
    }
}
