namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>The world's order in another version, with other steps or another end.</summary>
internal sealed class AdHocSaga(params SagaStep[] steps) : SagaDefinition
{
    public override string Name => "order";

    public override IReadOnlyList<SagaStep> Steps => steps;

    public int Number { get; init; } = 1;

    public override int Version => Number;

    public TimeSpan Time { get; init; } = TimeSpan.FromHours(1);

    public override TimeSpan Timeout => Time;

    public IReadOnlyList<SagaStep> Retired { get; init; } = [];

    public override IReadOnlyList<SagaStep> RetiredSteps => Retired;

    public Func<SagaSnapshot, SagaEffects> End { get; init; } = _ => SagaEffects.None;

    public override Task<SagaEffects> DescribeEndAsync(SagaAddress address, SagaSnapshot saga, CancellationToken cancellationToken) => Task.FromResult(End(saga));
}
