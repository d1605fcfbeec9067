using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Leaves expiry to a purge, and replays what is long past its retention.</summary>
internal sealed class NeverExpires(ProofProcess process) : NaiveApp(process)
{
    public async Task<ProofAnswer> PayAsync(DateTimeOffset notBefore)
    {
        await UntilAsync(notBefore);
        if (await ReadAsync("key|k-1") is { } stored)
        {
            return new ProofAnswer.Final(stored.GetString("Value")!);
        }

        var day = $"day {Process.Clock.GetUtcNow().Day}";
        await WriteAsync(Insert("key|k-1", $"paid on {day}"), Insert($"payment|{day}", ""));
        return new ProofAnswer.TryAgain("paid, ask again");
    }

    public static async Task<string?> TwoPaymentsAsync(ProofEnd end) =>
        (await end.ListAsync(Partition, "payment|")).Count is var count and not 2 ? $"{count} payments in two days." : null;
}
