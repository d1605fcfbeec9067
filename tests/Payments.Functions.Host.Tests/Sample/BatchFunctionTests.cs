namespace Payments.Functions.Host.Tests.Sample;

/// <summary>Batched functions, with sessions and without, in the real worker.</summary>
public sealed class BatchFunctionTests(SampleApp app) : IClassFixture<SampleApp>
{
    private readonly string _name = Guid.NewGuid().ToString("N");

    [Theory]
    [InlineData("entries")]
    [InlineData("readings")]
    public async Task Each_message_of_a_batch_is_applied_once_and_settled_by_itself(string queue)
    {
        string[] sent = [.. Enumerable.Range(10, 60).Select(number => $"{_name}-{number}"), $"{_name}-unknown"];
        await app.SendAsync(queue, Session(queue), [.. sent, sent[0]]);
        Assert.Equal(["complete", "complete"], await app.SettledAsync(sent[0], times: 2));
        Assert.Equal(["dead-letter UnknownEntry"], await app.SettledAsync($"{_name}-unknown", times: 1));
        foreach (var id in sent[1..^1])
        {
            Assert.Equal(["complete"], await app.SettledAsync(id, times: 1));
        }

        Assert.Equal(sent[..^1].Order(), (await EntriesAsync(queue)).Order());
        Assert.True(await app.IsEmptyAsync(queue));
        Assert.Empty(app.Host.Unsettled);
    }

    [Fact]
    public async Task A_failed_message_holds_back_its_session_and_all_are_applied_in_the_end()
    {
        await app.SendAsync("entries", _name, $"{_name}-1", $"{_name}-away", $"{_name}-3");
        Assert.Equal(["abandon", "complete"], await app.SettledAsync($"{_name}-3", times: 2));
        Assert.Equal(["abandon", "complete"], await app.SettledAsync($"{_name}-away", times: 2));
        Assert.Equal(["complete"], await app.SettledAsync($"{_name}-1", times: 1));
        Assert.Equal([$"{_name}-1", $"{_name}-3", $"{_name}-away"], (await EntriesAsync("entries")).Order());
    }

    [Fact]
    public async Task A_failed_message_without_a_session_comes_again_alone()
    {
        await app.SendAsync("readings", null, $"{_name}-1", $"{_name}-away", $"{_name}-3");
        Assert.Equal(["abandon", "complete"], await app.SettledAsync($"{_name}-away", times: 2));
        Assert.Equal(["complete"], await app.SettledAsync($"{_name}-3", times: 1));
        Assert.Equal(["complete"], await app.SettledAsync($"{_name}-1", times: 1));
    }

    private string? Session(string queue) => queue == "entries" ? _name : null;

    private async Task<IReadOnlyList<string>> EntriesAsync(string queue) =>
        [.. (await app.RowsAsync("Entries", Session(queue) ?? "readings", "entry|")).Where(entry => entry.StartsWith(_name, StringComparison.Ordinal))];
}
