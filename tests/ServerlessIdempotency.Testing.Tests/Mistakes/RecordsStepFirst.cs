using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Records the step, and then runs it: a crash in between skips it for ever.</summary>
internal sealed class RecordsStepFirst(ProofProcess process) : NaiveApp(process)
{
    public async Task<ProofAnswer> PayAsync()
    {
        if (await InsertAsync("step|charge"))
        {
            await ChargeAsync("k-1");
        }

        await InsertAsync("payment|k-1");
        return new ProofAnswer.Final("paid");
    }
}
