using System.Text.Json;
using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>The crash policies of steps, as the machine decides by them.</summary>
public sealed class SagaCrashPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(CrashPolicy.Rerun, SagaStatus.Running, SagaStepStatus.Started)]
    [InlineData(CrashPolicy.Probe, SagaStatus.Running, SagaStepStatus.Unknown)]
    [InlineData(CrashPolicy.Block, SagaStatus.Parked, SagaStepStatus.Started)]
    [InlineData(CrashPolicy.Park, SagaStatus.Parked, SagaStepStatus.Started)]
    public void After_a_crash_in_a_step_its_policy_says_what_follows(CrashPolicy policy, SagaStatus saga, SagaStepStatus step)
    {
        var machine = new SagaMachine(new SagaOfOne(policy));
        var next = machine.Begin(machine.Begin(Fresh(), Now), Now);

        Assert.Equal((saga, step), (next.Status, next.Steps[0].Status));
        Assert.Equal(policy == CrashPolicy.Rerun ? 2 : 1, next.Steps[0].Attempts);
    }

    /// <summary>Guards the deadline's condition in <c>SagaMachine.Begin</c>: an outcome that nobody knows is not undone by a clock; it is asked about, or a person's.</summary>
    [Theory]
    [InlineData(CrashPolicy.Rerun, SagaStatus.Running, SagaStepStatus.Unknown)]
    [InlineData(CrashPolicy.Probe, SagaStatus.Running, SagaStepStatus.Unknown)]
    [InlineData(CrashPolicy.Block, SagaStatus.Parked, SagaStepStatus.Started)]
    [InlineData(CrashPolicy.Park, SagaStatus.Parked, SagaStepStatus.Started)]
    public void After_a_crash_the_deadline_decides_nothing(CrashPolicy policy, SagaStatus saga, SagaStepStatus step)
    {
        var machine = new SagaMachine(new SagaOfOne(policy));

        var next = machine.Begin(machine.Begin(Fresh(), Now), Now.AddHours(2));

        Assert.Equal((saga, step, 1), (next.Status, next.Steps[0].Status, next.Steps[0].Attempts));
    }

    [Fact]
    public void Past_the_deadline_an_unknown_outcome_is_undone_once_it_is_known_and_else_a_persons()
    {
        var machine = new SagaMachine(new SagaOfOne(CrashPolicy.Rerun));
        var late = Now.AddHours(2);
        var asked = machine.Begin(machine.Begin(Fresh(), Now), late);

        var known = machine.Begin(machine.Apply(asked, asked.Steps[0], new ProbeOutcome.NotHappened(), late), late);
        var happened = machine.Begin(machine.Apply(asked, asked.Steps[0], new ProbeOutcome.Happened(), late), late);
        for (var ask = 1; asked.Status == SagaStatus.Running && ask < 20; ask++)
        {
            var unanswered = machine.Apply(asked, asked.Steps[0], new ProbeOutcome.Unreachable("No line."), late);
            asked = unanswered.Status == SagaStatus.Parked ? unanswered : machine.Begin(unanswered, late);
        }

        Assert.Equal(SagaStatus.Compensating, known.Status);
        Assert.Equal(SagaStatus.Completed, happened.Status);
        Assert.Equal(SagaStatus.Parked, asked.Status);
        Assert.Contains("No line.", asked.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CrashPolicy.Rerun, SagaStatus.Running)]
    [InlineData(CrashPolicy.Probe, SagaStatus.Running)]
    [InlineData(CrashPolicy.Block, SagaStatus.Parked)]
    [InlineData(CrashPolicy.Park, SagaStatus.Parked)]
    public void After_an_exception_of_a_step_the_other_side_is_asked_or_a_person(CrashPolicy policy, SagaStatus saga)
    {
        var machine = new SagaMachine(new SagaOfOne(policy));
        var begun = machine.Begin(Fresh(), Now);

        Assert.Equal(saga, machine.Apply(begun, begun.Steps[0], new StepOutcome.OutcomeUnknown("No answer within 30 s."), Now).Status);
    }

    private static SagaSnapshot Fresh() => new()
    {
        Id = "s",
        Definition = "one",
        Group = "all",
        Input = JsonSerializer.SerializeToElement(1),
        StartedAt = Now,
        Deadline = Now.AddHours(1),
        Steps = [new SagaStepSnapshot("step")],
    };

    private sealed class SagaOfOne(CrashPolicy policy) : SagaDefinition
    {
        public override string Name => "one";

        public override TimeSpan Timeout => TimeSpan.FromHours(1);

        public override IReadOnlyList<SagaStep> Steps => [new Step(policy)];
    }

    private sealed class Step(CrashPolicy policy) : SagaStep
    {
        public override string Name => "step";

        public override CrashPolicy CrashPolicy => policy;

        public override Task<StepOutcome> ExecuteAsync(SagaStepContext context, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task<ProbeOutcome> ProbeAsync(SagaStepContext context, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task<CompensationOutcome> CompensateAsync(SagaStepContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
