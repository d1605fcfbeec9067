using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Tests.Handlers;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Stores the whole answer and takes the token out afterwards: whoever dies in between leaves it there.</summary>
internal sealed class RedactsAfterStoring(ProofProcess process) : NaiveApp(process)
{
    public async Task<ProofAnswer> CreateAsync()
    {
        if (await InsertAsync("done|k-1", "ch_1 s3cret") && await ReadAsync("done|k-1") is { } stored)
        {
            await WriteAsync(Replace(stored, "ch_1"));
        }

        return new ProofAnswer.Final("201 ch_1");
    }

    public static async Task<string?> NoTokenIsStoredAsync(ProofEnd end) =>
        (await end.ListAsync(Partition)).Any(row => row.Values.Values.Any(HookedApp.Tells)) ? "It is." : null;
}
