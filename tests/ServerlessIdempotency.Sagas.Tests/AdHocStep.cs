namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>A step of a test's own, which counts its calls.</summary>
internal sealed class AdHocStep(string name, Func<StepOutcome> execute) : SagaStep
{
    public AdHocStep(string name)
        : this(name, () => new StepOutcome.Done())
    {
    }

    public override string Name => name;

    public int Calls { get; private set; }

    public int Undone { get; private set; }

    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(30);

    public override TimeSpan Timeout => Time;

    public int Attempts { get; init; } = 8;

    public override int MaxAttempts => Attempts;

    public CompensationOutcome WhenUndone { get; init; } = new CompensationOutcome.Done();

    public StepOutcome.Done WhenDecided { get; init; } = new();

    public override Task<StepOutcome> ExecuteAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        Calls++;
        return Task.FromResult(execute());
    }

    public override Task<ProbeOutcome> ProbeAsync(SagaStepContext context, CancellationToken cancellationToken) => Task.FromResult<ProbeOutcome>(new ProbeOutcome.CannotTell("No record."));

    public override Task<CompensationOutcome> CompensateAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        Undone++;
        return Task.FromResult(WhenUndone);
    }

    public override Task<StepOutcome.Done> DescribeDoneAsync(SagaStepContext context, CancellationToken cancellationToken) => Task.FromResult(WhenDecided);
}
