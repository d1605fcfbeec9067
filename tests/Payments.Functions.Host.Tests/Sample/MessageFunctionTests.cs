namespace Payments.Functions.Host.Tests.Sample;

public sealed class MessageFunctionTests(SampleApp app) : IClassFixture<SampleApp>
{
    private readonly string _name = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task A_message_that_comes_four_times_runs_once_and_every_copy_is_completed()
    {
        for (var copy = 0; copy < 4; copy++)
        {
            await app.SendAsync("orders", $"order {_name}", _name);
        }

        Assert.Equal(Enumerable.Repeat("complete", 4), await app.SettledAsync(_name, times: 4));
        Assert.Equal([$"tried order {_name}", $"shipped order {_name}"], await app.DeedsAsync(_name));
        Assert.True(await app.IsEmptyAsync("orders"));
    }

    [Fact]
    public async Task A_function_that_throws_has_its_message_again()
    {
        await app.SendAsync("orders", $"carrier-away {_name}", _name);

        Assert.Equal(["abandon", "complete"], await app.SettledAsync(_name, times: 2));
        Assert.Equal([$"tried carrier-away {_name}", $"tried carrier-away {_name}", $"shipped carrier-away {_name}"], await app.DeedsAsync(_name));
    }

    // It takes the actions too, and settles nothing by them.
    [Fact]
    public async Task A_function_that_takes_the_actions_is_settled_like_any_other()
    {
        await app.SendAsync("orders", $"order {_name}", $"order-{_name}");
        await app.SettledAsync($"order-{_name}", times: 1);
        await app.SendAsync("returns", $"order {_name}", _name);
        await app.SendAsync("returns", $"order {_name}", _name);

        Assert.Equal(["complete", "complete"], await app.SettledAsync(_name, times: 2));
        Assert.Single(await app.DeedsAsync(_name), deed => deed.StartsWith("taken back", StringComparison.Ordinal));
        Assert.True(await app.IsEmptyAsync("returns"));
    }

    [Fact]
    public async Task A_message_that_a_function_rejects_is_a_dead_letter_with_its_reason()
    {
        await app.SendAsync("returns", $"nothing {_name}", _name);

        Assert.Equal(["dead-letter UnknownOrder"], await app.SettledAsync(_name, times: 1));
        var letter = await app.DeadLetterAsync("returns");
        Assert.Equal(("UnknownOrder", "No order of this number was ever shipped."), (letter?.DeadLetterReason, letter?.DeadLetterErrorDescription));
        Assert.Equal([$"refused nothing {_name}"], await app.DeedsAsync(_name));
        Assert.True(await app.IsEmptyAsync("returns"));
    }
}
