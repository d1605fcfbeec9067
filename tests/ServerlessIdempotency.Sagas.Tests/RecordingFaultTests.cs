using System.Text.Json;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using TestDoubles.Rows;

namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>Law 14 for steps: a fault while an answer is recorded never makes the effect again. That it happened is stored, with the true reason.</summary>
public sealed class RecordingFaultTests
{
    private readonly SagaWorld _world = new();

    [Fact]
    public async Task A_result_whose_document_is_gone_parks_with_the_fact()
    {
        var step = new AdHocStep("charge", () =>
        {
            using var document = JsonDocument.Parse("\"c-1\"");
            return new StepOutcome.Done { Result = document.RootElement };
        });

        var parked = await ParkedAsync(step);

        Assert.Equal((true, 1), (parked.Saga.Steps[0].HasHappened, step.Calls));
        Assert.Contains("can't be read", parked.Saga.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_rows_than_a_transaction_takes_park_with_the_fact()
    {
        var step = new AdHocStep("charge", () => new StepOutcome.Done { Effects = new SagaEffects { Rows = [.. Enumerable.Range(0, 101).Select(number => RowWrite.Insert($"line|{number}", new Dictionary<string, object>()))] } });

        var parked = await ParkedAsync(step);

        Assert.Equal((true, 1), (parked.Saga.Steps[0].HasHappened, step.Calls));
        Assert.Contains("101 rows", parked.Saga.Reason, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> NotStorable => new()
    {
        { "a message of 300 KB", "307,200 of them its body" },
        { "a column of a wrong type", "'Price' of Business/p/line" },
    };

    [Theory]
    [MemberData(nameof(NotStorable))]
    public async Task What_no_store_and_no_broker_takes_parks_with_the_fact(string fault, string reason)
    {
        var step = new AdHocStep("charge", () => new StepOutcome.Done { Effects = Effects(fault) });

        var parked = await ParkedAsync(step);

        Assert.Equal((true, 1, 0), (parked.Saga.Steps[0].HasHappened, step.Calls, step.Undone));
        Assert.Contains(reason, parked.Saga.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(NotStorable))]
    public async Task A_compensation_that_brings_such_along_is_parked_and_made_once(string fault, string reason)
    {
        var step = new AdHocStep("charge", () => new StepOutcome.Rejected("No.")) { WhenUndone = new CompensationOutcome.Done { Effects = Effects(fault) } };

        var parked = await ParkedAsync(step);

        Assert.Equal((SagaStatus.Compensating, 1, 1), (parked.Saga.ParkedFrom, step.Calls, step.Undone));
        Assert.Contains(reason, parked.Saga.Steps[0].Reason, StringComparison.Ordinal);
    }

    private static SagaEffects Effects(string fault) => fault == "a message of 300 KB"
        ? new SagaEffects { Messages = [new OutboxMessage("events", new byte[300 * 1024])] }
        : new SagaEffects { Rows = [RowWrite.Insert("line", new Dictionary<string, object> { ["Price"] = 1.5m })] };

    [Theory]
    [InlineData(1)]
    [InlineData("text")]
    public async Task Effects_that_can_not_be_read_park_with_the_fact(object kind)
    {
        var step = new AdHocStep("charge", () => new StepOutcome.Done { Effects = new SagaEffects { Rows = kind is int ? null! : [null!] } });

        var parked = await ParkedAsync(step);

        Assert.Equal((true, 1), (parked.Saga.Steps[0].HasHappened, step.Calls));
    }

    [Fact]
    public async Task A_step_that_gives_no_outcome_is_asked_about()
    {
        var step = new AdHocStep("charge", () => null!);

        var parked = await ParkedAsync(step);

        Assert.Equal((false, 1), (parked.Saga.Steps[0].HasHappened, step.Calls));
        Assert.Contains("No record.", parked.Saga.Reason, StringComparison.Ordinal);
    }

    /// <summary>Checked before the effect: the saga's one row has no room for the result that might come.</summary>
    [Fact]
    public async Task A_step_whose_result_may_have_no_room_is_not_begun()
    {
        var steps = Enumerable.Range(0, 80).Select(number => new AdHocStep($"step-{number:D2}", () => StepOutcome.Give(Noise(number), ScriptedStep.ScriptJson.Default.String))).ToArray();
        _world.Known = _ => new AdHocSaga(steps);
        await _world.StartAsync();

        await _world.DeliverAsync();

        var parked = Assert.Single(await ParkedTests.ListAsync(_world));
        Assert.Contains("not begun", parked.Saga.Reason, StringComparison.Ordinal);
        Assert.All(steps, step => Assert.True(step.Calls <= 1));
        Assert.Equal(0, steps.Single(step => step.Name == parked.Saga.ParkedStep).Calls);
        Assert.True(steps.Sum(step => step.Calls) > 30);
    }

    /// <summary>The list of parked sagas can't be written (a table that may not be used): the fact comes first.</summary>
    [Fact]
    public async Task A_list_that_can_not_be_written_keeps_no_saga_from_being_parked()
    {
        var step = new AdHocStep("charge", () => new StepOutcome.OutcomeUnknown("No reply."));
        _world.Known = _ => new AdHocSaga(step);
        await _world.StartAsync();
        var store = new FaultyRowStore(_world.Memory) { BeforeWrite = transaction => transaction.Partition.Table == _world.Options.ParkedTable ? throw new StoreUnavailableException("403: not authorized") : Task.CompletedTask };

        await _world.DeliverAsync(_world.NewProcess(store: store));

        var saga = await _world.SagaAsync();
        Assert.Equal((SagaStatus.Parked, 1, 0), (saga.Status, step.Calls, step.Undone));
        Assert.Empty(await ParkedTests.ListAsync(_world));
    }

    [Fact]
    public async Task An_error_cut_within_a_surrogate_pair_is_stored_whole()
    {
        var step = new AdHocStep("charge", () => new StepOutcome.OutcomeUnknown("No reply."));
        _world.Known = _ => new AdHocSaga(new AdHocStep("charge", () => new StepOutcome.Rejected(new string('x', 999) + "\U0001F600 and \uD83D alone")));
        await _world.StartAsync();
        await _world.DeliverAsync();

        var reason = (await _world.SagaAsync()).Reason!;
        Assert.Equal(999, reason.Length);
        Assert.DoesNotContain(reason, char.IsSurrogate);
        Assert.Equal(0, step.Calls);
    }

    [Fact]
    public async Task A_person_who_says_that_a_step_succeeded_commits_what_it_would_have_given()
    {
        var step = new AdHocStep("charge", () => new StepOutcome.OutcomeUnknown("No reply."))
        {
            WhenDecided = StepOutcome.Give("c-9", ScriptedStep.ScriptJson.Default.String) with { Effects = new SagaEffects { Rows = [RowWrite.Insert("charged|s-1", new Dictionary<string, object>())] } },
        };
        var parked = await ParkedAsync(step);

        await _world.NewParked().ResolveAsync(parked.Address, parked.Parking, ParkedDecision.Succeeded, "The bank says so.", "eve", default);
        await _world.DeliverAsync();

        var saga = await _world.SagaAsync();
        Assert.Equal((SagaStatus.Completed, "c-9"), (saga.Status, saga.Steps[0].Result!.Value.GetString()));
        Assert.NotNull(await _world.Memory.ReadAsync(SagaWorld.Address.Partition.Row("charged|s-1"), default));
    }

    private static string Noise(int seed)
    {
        var random = new Random(seed);
        return new string([.. Enumerable.Range(0, 16_000).Select(_ => (char)('a' + random.Next(26)))]);
    }

    private async Task<ParkedSaga> ParkedAsync(AdHocStep step)
    {
        _world.Known = _ => new AdHocSaga(step);
        await _world.StartAsync();
        await _world.DeliverAsync();
        return Assert.Single(await ParkedTests.ListAsync(_world));
    }
}
