using System.Globalization;
using System.Text;
using Chaos.Clients;
using Chaos.Cluster;
using Chaos.CommandLine;
using Chaos.Evidence;
using TestDoubles.Processes;

namespace Chaos.Run;

/// <summary>Writes the reconciliation report.</summary>
internal static class Report
{
    // Enough to see what is wrong; the same fault mostly shows in many places.
    private const int MaxShown = 25;

    public static string Write(
        Arguments arguments, Story story, Findings findings, PaymentsCluster cluster, Disturber disturber, WorkInFlight work, IReadOnlyDictionary<string, IReadOnlyList<string>> differences)
    {
        var report = new StringBuilder();
        Line("run", $"seed {arguments.Seed}, {arguments.Minutes} min, {arguments.Instances} instances of {(arguments.Host == HostProgram.FunctionApp ? "the function app" : "the local host")}, {arguments.Clients} clients");
        Line("disturbed", $"{disturber.Description}; {cluster.Instances.Sum(instance => instance.FailedStarts)} starts failed, {disturber.BadStops.Count} stops failed");
        Line("clients to hosts", $"{cluster.Http.Description}");
        Line("hosts to storage", $"{cluster.ToStorage.Description}");
        Line("hosts to broker", $"{cluster.ToBroker.Description}");
        Line("requests sent", $"{story.Sent:N0} for {story.Requests.Count:N0} keys; {story.Lost:N0} lost, {story.TimedOut:N0} not waited for, {story.InProgress:N0} in progress, {story.Unavailable:N0} unavailable, {story.Errors.Count} server errors");
        Line("commands queued", $"{story.Queued:N0} messages for {story.Payments.Count(intent => intent.IsQueued):N0} payments");
        Line("payments", $"{findings.Payments.Count:N0}: {Counts(findings.Payments.Select(payment => payment.Status))}; {story.Payments.Count(intent => intent.IsDeclined):N0} asked for and declined");
        Line("charges", $"{findings.Charges.Count:N0}: {Counts(findings.Charges.Select(charge => charge.Status))}");
        Line("ledger", $"{findings.Tables.LedgerRows:N0} entries, sum {findings.Payments.Sum(payment => payment.Ledger.Sum(entry => (decimal)entry.Amount))}");
        Line("statements", $"{findings.Statements.Count:N0} accounts, {findings.Statements.Sum(statement => statement.Lines.Count):N0} lines");
        Line("receipts", $"{findings.Mailbox.Count:N0}");
        Line("orders", $"{findings.Orders.Count:N0}: {Counts(findings.Orders.Select(order => order.Status))}");
        Line("stock", $"{StockOf(findings)}");
        Line("duplicates seen", $"{story.Replays:N0} replays, {cluster.Http.Duplicates:N0} requests duplicated on their way, {findings.Tables.Takeovers:N0} takeovers, {findings.Mailbox.Sum(mail => mail.Arrivals - 1):N0} receipts that came again, {story.Mismatches:N0} keys refused for another request");
        Line("dead letters", $"{findings.DeadLetters.Count}");
        Line("outbox rows left", $"{findings.Tables.UnsentMessages.Count}");
        Line("operations left", $"{findings.Tables.InProgress.Count} of {findings.Tables.Records:N0}");
        Line("parked", $"{findings.Parked.Count}; {work.TakenUp.Count} taken up again after the faults");
        Line("memory", $"{cluster.Memory}");
        foreach (var (area, found) in differences)
        {
            Line($"differences: {area}", $"{found.Count}");
            foreach (var difference in found.Take(MaxShown))
            {
                report.Append("  ! ").AppendLine(difference);
            }

            if (found.Count > MaxShown)
            {
                report.AppendLine(CultureInfo.InvariantCulture, $"  ! … and {found.Count - MaxShown} more");
            }
        }

        var sum = differences.Values.Sum(found => found.Count);
        return report.AppendLine(sum == 0 ? "No differences." : $"{sum} differences.").ToString();

        void Line(string name, FormattableString text) => report.Append(name.PadRight(34)).AppendLine(text.ToString(CultureInfo.InvariantCulture));
    }

    private static string StockOf(Findings findings) =>
        string.Join(", ", findings.Stock.OrderBy(stock => stock.Sku, StringComparer.Ordinal).Select(stock => $"{stock.Sku} {stock.Reserved} held {stock.Available} left"));

    private static string Counts(IEnumerable<string> states) =>
        string.Join(", ", states.GroupBy(state => state).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count():N0} {group.Key}")));
}
