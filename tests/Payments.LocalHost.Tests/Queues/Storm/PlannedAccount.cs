namespace Payments.LocalHost.Tests.Queues.Storm;

/// <summary>An account and what happens to it, in order.</summary>
internal sealed record PlannedAccount(string Id, IReadOnlyList<PlannedEvent> Events)
{
    // What the simulated gateway charges for every command of the tests.
    private const long CommandAmount = 1250;

    public long Balance => Events.Sum(planned => planned.Amount);

    /// <summary>Every event but a refund is a captured payment.</summary>
    public int Receipts => Events.Count(planned => planned.Amount > 0);

    public static PlannedAccount Choose(int number, int events, Random random)
    {
        var account = $"acct-storm-{number}";
        return new PlannedAccount(account, [.. Enumerable.Range(0, events).Select(place => ChooseEvent($"{account}-{place}", account, place, random))]);
    }

    private static PlannedEvent ChooseEvent(string id, string account, int place, Random random)
    {
        var own = Guid.NewGuid().ToString("N");
        string[] copies = [.. Enumerable.Range(0, random.Next(1, 4)).Select(copy => random.Next(3) == 0 ? own : $"{own}-{copy}")];
        if (place % 4 == 3)
        {
            return new PlannedEvent(id, PlannedEvent.PaymentsQueue, Queues.Events.CreatePayment(id, account), CommandAmount, copies);
        }

        var amount = random.Next(1, 100_000);
        return place % 8 == 6
            ? new PlannedEvent(id, PlannedEvent.EventsQueue, Queues.Events.PaymentChanged(id, account, amount, "payment.refunded", place), -amount, copies)
            : new PlannedEvent(id, PlannedEvent.EventsQueue, Queues.Events.PaymentChanged(id, account, amount, "payment.captured", place), amount, copies);
    }
}
