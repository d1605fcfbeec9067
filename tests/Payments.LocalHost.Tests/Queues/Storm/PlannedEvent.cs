namespace Payments.LocalHost.Tests.Queues.Storm;

/// <summary>An event of an account and how often it is sent.</summary>
/// <param name="Id">Its id, the same in every copy.</param>
/// <param name="Queue">Where it goes: a change of a payment to the events, or a command that makes a payment, whose event the outbox sends.</param>
/// <param name="Body">The CloudEvent.</param>
/// <param name="Amount">What it adds to the balance.</param>
/// <param name="Copies">The message id of each copy: where two are the same, the broker drops the second at the door.</param>
internal sealed record PlannedEvent(string Id, string Queue, string Body, long Amount, IReadOnlyList<string> Copies)
{
    public bool IsCommand => Queue == PaymentsQueue;

    public const string PaymentsQueue = "payments";
    public const string EventsQueue = "payment-events";
}
