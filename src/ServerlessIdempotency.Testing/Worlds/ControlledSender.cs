using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>The way to the broker as one process sees it: each send is a point.</summary>
internal sealed class ControlledSender(World world, ProcessState process) : IMessageSender
{
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => world.PassAsync(
        process,
        new ProofPoint<SendOutcome>($"sends {message.Subject ?? RowText.Of(message.MessageId)} to {message.Queue}", Accept(message))
        {
            Touches = message.NotBefore is null ? ["queue " + message.Queue] : ["queue " + message.Queue, "the broker's clock"],
            Failures =
            [
                new("the broker is BUSY", Happens: false, () => Task.FromResult<SendOutcome>(new SendOutcome.Unavailable("The broker is busy."))),
                new("the REPLY IS LOST", Happens: true, () => throw new TimeoutException("The broker did not answer.")),
                .. message.NotBefore is null ? [] : world.Broker.Skews(Accept(message)),
            ],
            WhenLate = () => throw new TimeoutException("The broker did not answer."),
        },
        cancellationToken);

    private Func<Task<SendOutcome>> Accept(OutboundMessage message) => () =>
    {
        world.Broker.Accept(message);
        return Task.FromResult<SendOutcome>(new SendOutcome.Sent());
    };
}
