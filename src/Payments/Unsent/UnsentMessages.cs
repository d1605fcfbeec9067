using System.Text;
using ServerlessIdempotency.Outbox;

namespace Payments.Unsent;

/// <summary>What the outbox gave up to send: shown, and tried again when the cause is gone.</summary>
internal sealed class UnsentMessages(IOutboxAdministration outbox)
{
    private const int MaxListed = 100;

    public async Task<IReadOnlyList<UnsentMessage>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<UnsentMessage>();
        await foreach (var parked in outbox.ListParkedAsync(cancellationToken).Take(MaxListed))
        {
            found.Add(new UnsentMessage(
                UnsentMessageId.Of(parked.Address),
                parked.Message?.Queue,
                parked.Message?.MessageId,
                parked.Message?.SessionId,
                parked.Message?.Subject,
                parked.CommittedAt,
                parked.Attempts,
                parked.Error,
                parked.Message is { } message ? Encoding.UTF8.GetString(message.Body.Span) : null));
        }

        return found;
    }

    /// <returns>False where there is no such message (any more).</returns>
    public async Task<bool> RetryAsync(string id, CancellationToken cancellationToken) =>
        UnsentMessageId.TryParse(id, out var address) && await outbox.RetryAsync(address, cancellationToken);
}
