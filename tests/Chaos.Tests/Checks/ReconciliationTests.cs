using Chaos.Checks;
using Chaos.Clients;
using Chaos.Evidence;

namespace Chaos.Tests.Checks;

/// <summary>A judge that finds nothing proves nothing: each thing that must not happen is put into a run that is whole, and must be found in its area.</summary>
public sealed class ReconciliationTests
{
    public static TheoryData<string, string> Faults
    {
        get
        {
            var faults = new TheoryData<string, string>();
            foreach (var (name, (area, _)) in FaultsByName)
            {
                faults.Add(name, area);
            }

            return faults;
        }
    }

    private static readonly Dictionary<string, (string Area, Func<Findings, Findings> Spoil)> FaultsByName = new()
    {
        ["Another body at the end"] = ("answers", found => AtTheEnd(found, answer => answer with { Body = World.Payment("pay_other").Body })),
        ["Another type at the end"] = ("answers", found => AtTheEnd(found, answer => answer with { ContentType = "text/plain" })),
        ["Another place at the end"] = ("answers", found => AtTheEnd(found, answer => answer with { Location = "/api/payments/pay_other" })),
        ["No place at the end"] = ("answers", found => AtTheEnd(found, answer => answer with { Location = null })),
        ["Another expiry at the end"] = ("answers", found => AtTheEnd(found, answer => answer with { Expires = "Thu, 26 Nov 2026 12:00:00 GMT" })),
        ["Executed at the end"] = ("answers", found => AtTheEnd(found, answer => answer with { IsReplay = false })),
        ["A request not sent again"] = ("answers", found => found with { Replays = [.. found.Replays.Skip(1)] }),
        ["A lost payment"] = ("payments and charges", found => found with { Payments = [.. found.Payments.Skip(1)] }),
        ["A second charge"] = ("payments and charges", found => found with { Charges = [.. found.Charges, World.ChargeOf("second", "acct", 1, "captured")] }),
        ["A declined payment that is answered as made"] = ("payments and charges", found => found with { Replays = [.. found.Replays.Select(replay => replay.Answer.Status == 402 ? replay with { Answer = World.Payment("pay_none") with { IsReplay = true } } : replay)] }),
        ["A charge of a declined card"] = ("payments and charges", found => found with { Charges = [.. found.Charges, World.ChargeOf("declined", "acct", 4, "captured")] }),
        ["A charge without a payment"] = ("payments and charges", found => found with { Charges = [.. found.Charges, World.ChargeOf("stray", "buyer", 12, "captured")] }),
        ["A charge that nobody asked for"] = ("payments and charges", found => found with { Charges = [.. found.Charges, World.ChargeOf("unasked", "acct", 99, "captured")] }),
        ["A refund that the gateway did not make"] = ("payments and charges", found => found with { Charges = [found.Charges[0], found.Charges[1] with { Status = "captured" }, .. found.Charges.Skip(2)] }),
        ["A capture that no one asked for"] = ("payments and charges", found => found with { Payments = [found.Payments[0], found.Payments[1], World.PaymentOf("reserved", "acct", 3, "captured"), found.Payments[3]] }),
        ["A booking with one side"] = ("ledger", found => found with { Payments = [found.Payments[0] with { Ledger = [found.Payments[0].Ledger[0]] }, .. found.Payments.Skip(1)] }),
        ["A booking over another amount"] = ("ledger", found => found with { Payments = [found.Payments[0] with { Ledger = [.. found.Payments[0].Ledger.Select(line => line with { Amount = 2 * line.Amount })] }, .. found.Payments.Skip(1)] }),
        ["A refund that is not booked"] = ("ledger", found => found with { Payments = [found.Payments[0], found.Payments[1] with { Ledger = [.. found.Payments[1].Ledger.Take(2)] }, .. found.Payments.Skip(2)] }),
        ["A booking of no payment"] = ("ledger", found => found with { Tables = found.Tables with { LedgerRows = 10 } }),
        ["A line that is missing"] = ("statements", found => found with { Statements = [Lines(found, lines => [.. lines.Skip(1)]), found.Statements[1]] }),
        ["A line twice"] = ("statements", found => found with { Statements = [Lines(found, lines => [lines[0], .. lines]), found.Statements[1]] }),
        ["Lines out of order"] = ("statements", found => found with { Statements = [Lines(found, lines => [lines[1], lines[0], lines[2]]), found.Statements[1]] }),
        ["A refund before its capture"] = ("statements", found => found with { Statements = [Lines(found, lines => [lines[0], lines[2] with { At = lines[1].At }, lines[1] with { At = lines[2].At }]), found.Statements[1]] }),
        ["A wrong balance"] = ("statements", found => found with { Statements = [found.Statements[0] with { Balances = new Dictionary<string, decimal> { ["EUR"] = 3 } }, found.Statements[1]] }),
        ["No receipt"] = ("receipts", found => found with { Mailbox = [.. found.Mailbox.Skip(1)] }),
        ["Two receipts"] = ("receipts", found => found with { Mailbox = [.. found.Mailbox, found.Mailbox[0] with { MessageId = "other" }] }),
        ["Another one's receipt"] = ("receipts", found => found with { Mailbox = [found.Mailbox[0] with { To = "buyer@example.com" }, .. found.Mailbox.Skip(1)] }),
        ["A receipt of a reserved payment"] = ("receipts", found => found with { Mailbox = [.. found.Mailbox, World.MailOf("reserved", "acct")] }),
        ["An order that has not ended"] = ("orders and stock", found => found with { Orders = [found.Orders[0], found.Orders[1] with { Status = "pending" }] }),
        ["A lost order"] = ("orders and stock", found => found with { Orders = [found.Orders[0]] }),
        ["A confirmed order without its money"] = ("orders and stock", found => found with { Payments = [.. found.Payments.Take(3)] }),
        ["A cancelled order that keeps the money"] = ("orders and stock", found => found with { Payments = [.. found.Payments, World.PaymentOf("kept", "buyer", 12, "captured")] }),
        ["Stock held for nobody"] = ("orders and stock", found => found with { Stock = [new StockState("lamp", 23, 2)] }),
        ["Stock from nowhere"] = ("orders and stock", found => found with { Stock = [new StockState("lamp", 30, 1)] }),
        ["An order row too many"] = ("orders and stock", found => found with { Tables = found.Tables with { Orders = 3 } }),
        ["A host that ended badly"] = ("stops", found => found with { BadStops = ["Host 1"] }),
        ["An unsent message"] = ("left over", found => found with { Tables = found.Tables with { UnsentMessages = ["row"] } }),
        ["An operation in progress"] = ("left over", found => found with { Tables = found.Tables with { InProgress = ["row"] } }),
        ["A dead letter"] = ("left over", found => found with { DeadLetters = ["letter"] }),
        ["Parked work"] = ("left over", found => found with { Parked = ["order"] }),
        ["A message in a queue"] = ("left over", found => found with { Queued = new Dictionary<string, int> { ["orders"] = 1 } }),
    };

    [Fact]
    public void A_run_that_is_whole_has_no_differences()
    {
        var (story, findings) = World.Create();

        Assert.All(Reconciliation.Run(story, findings), area => Assert.Empty(area.Value));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_must_not_happen_is_found(string fault, string area)
    {
        var (story, findings) = World.Create();

        Assert.NotEmpty(Reconciliation.Run(story, FaultsByName[fault].Spoil(findings))[area]);
    }

    [Fact]
    public void Two_answers_to_one_request_are_found()
    {
        var (story, findings) = World.Create();
        story.Requests.First().Told(World.Payment("pay_other"));

        Assert.NotEmpty(Reconciliation.Run(story, findings)["answers"]);
    }

    [Fact]
    public void A_server_error_is_a_difference()
    {
        var (story, findings) = World.Create();
        story.Errors.Enqueue("500");

        Assert.NotEmpty(Reconciliation.Run(story, findings)["told at once"]);
    }

    private static Findings AtTheEnd(Findings found, Func<Answer, Answer> change) =>
        found with { Replays = [found.Replays[0] with { Answer = change(found.Replays[0].Answer) }, .. found.Replays.Skip(1)] };

    private static Statement Lines(Findings found, Func<IReadOnlyList<StatementLine>, StatementLine[]> change) =>
        found.Statements[0] with { Lines = change(found.Statements[0].Lines) };
}
