using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>Says that something has happened before it has: somebody else may be faster, or the process may die.</summary>
internal sealed class SendsBeforeCommit(ProofProcess process) : NaiveApp(process)
{
    public async Task<ProofAnswer> PayAsync()
    {
        if (await ReadAsync("payment|k-1") is { } paid)
        {
            return new ProofAnswer.Final(paid.GetString("Value")!);
        }

        var payment = $"paid by {Process.Name}";
        await Process.Sender.SendAsync(new OutboundMessage("events", payment, default) { ContentType = "text/plain", Subject = payment }, default);
        return await InsertAsync("payment|k-1", payment) ? new ProofAnswer.Final(payment) : new ProofAnswer.TryAgain("somebody was faster");
    }

    public static async Task<string?> NothingUntrueIsSaidAsync(ProofEnd end)
    {
        var payment = (await end.ListAsync(Partition, "payment|"))[0].GetString("Value");
        return end.Sent.FirstOrDefault(message => message.Subject != payment) is { } untrue ? $"'{untrue.Subject}' was sent, and is not true: {payment}." : null;
    }
}
