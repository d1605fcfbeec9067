using CsCheck;
using LocalServiceBus.Configuration;

namespace LocalServiceBus.Tests.Queues.Modelled;

/// <summary>Random steps on a queue and on its model. A failure prints its seed and the shortest steps found.</summary>
public sealed class QueueModelTests
{
    private const int Iterations = 500;

    private static readonly Gen<Step[]> Steps = Gen.Select(
        Gen.Enum<StepKind>(), Gen.Int[0, 12], Gen.Int[0, 4], Gen.Int[0, 6], (kind, first, second, third) => new Step(kind, first, second, third)).Array[1, 60];

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Queue_agrees_with_its_model_after_every_step(bool detectsDuplicates, bool deadLettersExpired)
    {
        var options = new QueueOptions
        {
            Name = "q",
            LockDuration = TimeSpan.FromSeconds(10),
            MaxDeliveryCount = 3,
            RequiresDuplicateDetection = detectsDuplicates,

            // Without detection nothing is remembered: the model's window is empty then.
            DuplicateDetectionHistoryTimeWindow = detectsDuplicates ? TimeSpan.FromSeconds(25) : TimeSpan.Zero,
            DeadLetteringOnMessageExpiration = deadLettersExpired,
        };
        Steps.Sample(
            steps =>
            {
                using var queue = new ModelledQueue(options);
                foreach (var step in steps)
                {
                    queue.Play(step);
                    queue.AssertAgree();
                }
            },
            iter: Iterations);
    }
}
