namespace Payments.LocalHost.Tests.Queues;

/// <summary>The program of docs/commands.md against the system of <c>dotnet run</c>.</summary>
public sealed class SendCommandTests(RunningLocalHost host) : IClassFixture<RunningLocalHost>
{
    private readonly string _account = RunningHost.NewAccount();

    [Fact]
    public async Task A_sent_command_is_a_payment_and_sent_again_under_its_id_it_is_the_same()
    {
        var id = $"cmd-{_account}";
        Assert.Equal(0, await SendAsync("--id", id, "--amount", "1250"));
        Assert.Equal(0, await SendAsync("--id", id, "--amount", "1250"));
        Assert.Equal(0, await SendAsync("--amount", "99", "--currency", "USD"));

        // In the order of its session: the repeat was there before the last.
        await host.Client.StatementAsync(_account, entries: 2);
        Assert.Equal(["1250 EUR", "99 USD"], (await host.Client.ChargesAsync(_account)).Select(charge => $"{charge.GetProperty("amount")} {charge.Text("currency")}").Order());
    }

    [Fact]
    public async Task What_is_wrong_with_a_command_is_told_by_its_dead_letter()
    {
        Assert.Equal(0, await SendAsync("--amount", "0"));
        Assert.Equal("PaymentInvalid", (await host.Client.DeadLetterAsync("payments", _account)).Text("reason"));
    }

    [Fact]
    public async Task Other_data_under_an_id_is_a_dead_letter()
    {
        var id = $"cmd-{_account}";
        Assert.Equal(0, await SendAsync("--id", id, "--amount", "1"));
        Assert.Equal(0, await SendAsync("--id", id, "--amount", "2"));
        Assert.Equal("EventIdReused", (await host.Client.DeadLetterAsync("payments", _account)).Text("reason"));
    }

    [Theory]
    [InlineData("--amount")]
    [InlineData("--amount", "much")]
    [InlineData("--help", "")]
    public async Task Arguments_that_can_not_be_read_are_answered_with_what_there_is(params string[] arguments) => Assert.Equal(2, await SendAsync(arguments));

    private Task<int> SendAsync(params string[] arguments) => SendCommand.Program.Main(["--connection", host.Broker, "--account", _account, .. arguments]);
}
