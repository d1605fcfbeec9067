using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Claims with a lease, and completes over whatever stands there by then: a zombie writes over the result of whoever took over.</summary>
internal sealed class CompletesWithoutFence(ProofProcess process) : NaiveApp(process)
{
    public async Task<ProofAnswer> PayAsync()
    {
        var lease = (Process.Clock.GetUtcNow() + TimeSpan.FromSeconds(60)).UtcTicks.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (!await InsertAsync("key|k-1", lease))
        {
            var found = (await ReadAsync("key|k-1"))!;
            if (!long.TryParse(found.GetString("Value"), out var until))
            {
                return new ProofAnswer.Final(found.GetString("Value")!);
            }

            if (Process.Clock.GetUtcNow().UtcTicks < until || !await WriteAsync(Replace(found, lease)))
            {
                return new ProofAnswer.TryAgain("in progress", TimeSpan.FromSeconds(61));
            }
        }

        await ChargeAsync("k-1");
        var result = $"paid by {Process.Name}";
        Row current;
        do
        {
            // The mistake: the version to replace is read now, not kept from the claim.
            current = (await ReadAsync("key|k-1"))!;
        }
        while (!await WriteAsync(Replace(current, result)));
        return new ProofAnswer.Final(result);
    }
}
