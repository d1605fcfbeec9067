namespace Payments.Queues;

/// <summary>How a consumer meets another one that has the same event in hand.</summary>
internal static class InProgressWait
{
    /// <summary>
    /// How long to wait for it: a little more than the lease by default (60 s). Giving the message back at once would use up its deliveries within a moment
    /// while a dead consumer's lease still runs, and a good message would end as a dead letter.
    /// </summary>
    public static readonly TimeSpan OfConsumers = TimeSpan.FromSeconds(65);
}
