using System.Text.Json.Serialization;
using ServerlessIdempotency.Administration;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;

namespace ServerlessIdempotency.Tests.Execution;

/// <summary>Law 14 for steps: a result that is too large to be recorded neither fails the execution nor lets the step run twice.</summary>
public sealed partial class StepLimitTests
{
    private readonly EngineFixture _fixture = new();
    private readonly List<string> _ran = [];

    [Fact]
    public async Task The_execution_whose_step_gave_too_much_goes_on_with_it()
    {
        var outcome = await ExecuteAsync(size: 70_000);

        Assert.Equal("70000", EngineFixture.Text(Assert.IsType<ExecutionOutcome.Executed>(outcome).Result));
        Assert.Equal("70000", EngineFixture.Text(Assert.IsType<ExecutionOutcome.Replayed>(await ExecuteAsync(size: 70_000)).Result));
        Assert.Equal(["reserve", "charge"], _ran);
    }

    [Fact]
    public async Task After_a_crash_such_a_step_does_not_run_again_and_the_outcome_is_unknown()
    {
        await CrashAsync(size: 70_000);

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var unknown = Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(size: 70_000));
            Assert.Contains("step 'charge'", unknown.Reason, StringComparison.Ordinal);
        }

        // For a person to decide, however long that takes.
        Assert.Equal(OperationState.Unknown, Assert.Single(await Administration().ListUnknownAsync(default).ToListAsync()).State);
        _fixture.Time.Advance(TimeSpan.FromDays(2));
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(size: 70_000));

        Assert.Equal(["reserve", "charge"], _ran);
    }

    [Fact]
    public async Task Steps_recorded_before_the_limit_was_met_are_skipped_as_ever()
    {
        await CrashAsync(size: 60_000);

        Assert.Equal("60000", EngineFixture.Text(Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(size: 60_000)).Result));
        Assert.Equal(["reserve", "charge"], _ran);
    }

    [Fact]
    public async Task A_person_who_releases_it_lets_that_step_run_again()
    {
        await CrashAsync(size: 70_000);
        await ExecuteAsync(size: 70_000);
        var administration = Administration();
        var operation = EngineFixture.Operation();
        var found = await administration.FindAsync(operation.Scope, operation.Key, operation.Placement, default);

        await administration.ReleaseAsync(found!, new Decision("Ada", "The gateway has no such charge."), default);

        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(size: 70_000));
        Assert.Equal(["reserve", "charge", "charge"], _ran);
    }

    [Fact]
    public async Task No_effect_does_not_delete_a_record_that_knows_of_such_a_step()
    {
        var outcome = await _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation(),
            async (context, cancellationToken) =>
            {
                await StepAsync(context, "charge", 70_000, cancellationToken);
                return HandlerOutcome.NoEffect(EngineFixture.Result("refused"));
            },
            default);

        Assert.IsType<ExecutionOutcome.NotStored>(outcome);
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(size: 70_000));
    }

    private IdempotencyAdministration Administration() => new(new RowWriter(_fixture.Store, new RowWriterOptions(), _fixture.Time), _fixture.Options, _fixture.Time);

    private async Task CrashAsync(int size)
    {
        // An exception under a Rerun policy gives the claim back at once, as the end of a crashed executor's lease does later.
        await Assert.ThrowsAsync<InvalidOperationException>(() => ExecuteAsync(size, crashes: true));
    }

    private Task<ExecutionOutcome> ExecuteAsync(int size, bool crashes = false) => _fixture.NewEngine().ExecuteAsync(
        EngineFixture.Operation(),
        async (context, cancellationToken) =>
        {
            await StepAsync(context, "reserve", 10, cancellationToken);
            var charge = await StepAsync(context, "charge", size, cancellationToken);
            return crashes ? throw new InvalidOperationException("Crashed.") : HandlerOutcome.Completed(EngineFixture.Result($"{charge.Length}"));
        },
        default);

    private Task<string> StepAsync(OperationContext context, string name, int size, CancellationToken cancellationToken) => context.StepAsync(
        name,
        (_, _) =>
        {
            _ran.Add(name);
            return Task.FromResult(new string('x', size));
        },
        LimitJson.Default.String,
        cancellationToken);

    [JsonSerializable(typeof(string))]
    private sealed partial class LimitJson : JsonSerializerContext;
}
