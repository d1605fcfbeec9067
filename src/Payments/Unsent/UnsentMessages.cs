using System.Text;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace Payments.Unsent;

/// <summary>What the outbox has not sent: shown, and what it gave up is tried again when the cause is gone.</summary>
internal sealed class UnsentMessages(IOutboxAdministration outbox)
{
    private const int MaxListed = 100;

    // Of more than that the oldest are not sure to be among those shown.
    private const int MaxRead = 1_000;

    // Younger ones are on their way.
    private static readonly TimeSpan WaitingAfter = TimeSpan.FromMinutes(1);

    /// <summary>First what waits for a person, then what waits for the broker, the oldest first.</summary>
    public async Task<IReadOnlyList<UnsentMessage>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<UnsentMessage>();
        await foreach (var parked in outbox.ListParkedAsync(cancellationToken).Take(MaxListed))
        {
            found.Add(ToUnsent("parked", parked.Address, parked.Message, parked.CommittedAt, parked.Attempts, parked.Error));
        }

        var waiting = new List<WaitingMessage>();
        await foreach (var message in outbox.ListWaitingAsync(WaitingAfter, cancellationToken).Take(MaxRead))
        {
            waiting.Add(message);
        }

        var oldest = waiting.OrderBy(message => message.CommittedAt).ThenBy(message => message.Address.RowKey, StringComparer.Ordinal).Take(MaxListed - found.Count);
        found.AddRange(oldest.Select(message => ToUnsent("waiting", message.Address, message.Message, message.CommittedAt, message.Attempts, message.Error)));
        return found;
    }

    /// <returns>False where there is no such message (any more).</returns>
    public async Task<bool> RetryAsync(string id, CancellationToken cancellationToken) =>
        UnsentMessageId.TryParse(id, out var address) && await outbox.RetryAsync(address, cancellationToken);

    private static UnsentMessage ToUnsent(string state, RowAddress address, OutboundMessage? message, DateTimeOffset committedAt, int attempts, string? error) => new(
        UnsentMessageId.Of(address),
        state,
        message?.Queue,
        message?.MessageId,
        message?.SessionId,
        message?.Subject,
        committedAt,
        attempts,
        error,
        message is null ? null : Encoding.UTF8.GetString(message.Body.Span));
}
