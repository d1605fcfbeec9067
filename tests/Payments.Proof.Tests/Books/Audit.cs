using Payments.Events;
using Payments.Gateway;
using Payments.State;

namespace Payments.Proof.Tests.Books;

/// <summary>What must hold of the books after every run, whatever was called. Each says what is wrong, or null.</summary>
internal static class Audit
{
    /// <summary>The gateway and we know the same payments, at the same point of their lives.</summary>
    public static string? ChargesAreThePayments(Ends ends)
    {
        string[] ours = [.. ends.Payments.Select(payment => $"{payment.GatewayReference} {payment.Amount} {StatusOf(payment)}").Order(StringComparer.Ordinal)];
        string[] theirs = [.. ends.Charges.Select(charge => $"{charge.Reference} {charge.Amount} {charge.Status}").Order(StringComparer.Ordinal)];
        return ours.SequenceEqual(theirs) ? null : $"we have [{string.Join(", ", ours)}], the gateway has [{string.Join(", ", theirs)}].";
    }

    /// <summary>Each movement of money is booked once, sums to zero, and together they are what the gateway kept.</summary>
    public static string? LedgerBalances(Ends ends)
    {
        foreach (var transaction in ends.Ledger.GroupBy(entry => entry.TransactionId))
        {
            if (transaction.Sum(entry => entry.Amount) != 0 || transaction.Count() != 2)
            {
                return $"{transaction.Key} has {transaction.Count()} entries that sum to {transaction.Sum(entry => entry.Amount)}.";
            }
        }

        string[] booked = [.. ends.Ledger.Select(entry => entry.TransactionId).Distinct().Order(StringComparer.Ordinal)];
        string[] due = [.. ends.Payments.SelectMany(TransactionsOf).Order(StringComparer.Ordinal)];
        if (!booked.SequenceEqual(due))
        {
            return $"[{string.Join(", ", booked)}] are booked instead of [{string.Join(", ", due)}].";
        }

        var kept = ends.Charges.Where(charge => charge.Status is GatewayChargeStatus.Captured or GatewayChargeStatus.Refunding).Sum(charge => charge.Amount);
        var merchant = ends.Ledger.Where(entry => entry.AccountId.StartsWith("merchant:", StringComparison.Ordinal)).Sum(entry => entry.Amount);
        return kept == merchant ? null : $"the merchant has {merchant}, the gateway kept {kept}.";
    }

    /// <summary>One operation asks the gateway for one thing under one key, on every attempt and by every channel.</summary>
    public static string? GatewayKeysAreStable(Ends ends) => ends.Calls
        .GroupBy(call => (call.Operation, call.Name))
        .Select(calls => (calls.Key, Keys: calls.Select(call => call.Key).Distinct().Count()))
        .Where(calls => calls.Keys > 1)
        .Select(calls => $"'{calls.Key.Name}' was asked for under {calls.Keys} different keys on behalf of {calls.Key.Operation}.")
        .FirstOrDefault();

    /// <summary>Every payment's latest change is told to whoever listens.</summary>
    public static string? ChangesAreTold(Ends ends, Beginning beginning) => ends.Payments
        .Where(payment => payment.Id != Beginning.PaymentName || payment.Status != beginning.Payment)
        .Where(payment => payment.Status is not (PaymentStatus.Refunding or PaymentStatus.RefundFailed))
        .Select(EventOf)
        .FirstOrDefault(id => !ends.Events.ContainsKey(id)) is { } missing
            ? $"{missing} was never sent."
            : null;

    /// <summary>The statement has a line for every event that moved money, and no other.</summary>
    public static string? StatementIsTheEvents(Ends ends)
    {
        string[] lines = [.. ends.Statement.Select(entry => entry.EventId).Order(StringComparer.Ordinal)];
        string[] events = [.. ends.Events.Keys.Where(id => id.EndsWith(PaymentEventType.Captured, StringComparison.Ordinal) || id.EndsWith(PaymentEventType.Refunded, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        return lines.SequenceEqual(events) ? null : $"the statement has [{string.Join(", ", lines)}], the events are [{string.Join(", ", events)}].";
    }

    private static IEnumerable<string> TransactionsOf(Payment payment) => payment.Status switch
    {
        PaymentStatus.Captured or PaymentStatus.Refunding or PaymentStatus.RefundFailed => [$"{payment.Id}.capture"],
        PaymentStatus.Refunded => [$"{payment.Id}.capture", $"{payment.Id}.refund"],
        _ => [],
    };

    // A refund that came to nothing leaves the charge as it was.
    private static string StatusOf(Payment payment) => (payment.Status == PaymentStatus.RefundFailed ? PaymentStatus.Captured : payment.Status).ToString();

    private static string EventOf(Payment payment) => payment.Id + "." + payment.Status switch
    {
        PaymentStatus.Authorized => PaymentEventType.Authorized,
        PaymentStatus.Captured => PaymentEventType.Captured,
        _ => PaymentEventType.Refunded,
    };
}
