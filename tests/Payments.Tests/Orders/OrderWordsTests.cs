using Payments.Orders;
using ServerlessIdempotency.Sagas;

namespace Payments.Tests.Orders;

public sealed class OrderWordsTests
{
    /// <summary>A refusal is the caller's business; what a client library said about a failure names hosts and accounts.</summary>
    [Theory]
    [InlineData(SagaStepStatus.Rejected, true)]
    [InlineData(SagaStepStatus.Unknown, false)]
    [InlineData(SagaStepStatus.Pending, false)]
    [InlineData(SagaStepStatus.Compensating, false)]
    public void Callers_see_the_reason_of_a_refused_step_alone(SagaStepStatus status, bool isSeen)
    {
        var step = new SagaStepSnapshot("charge") { Status = status, Reason = "Name or service not known (api.internal:443)" };

        Assert.Equal(isSeen ? step.Reason : null, OrderWords.ReasonOf(step));
    }

    [Theory]
    [InlineData(SagaStepStatus.Compensated, "Cancelled, and everything is undone. Too late.")]
    [InlineData(SagaStepStatus.NotCompensated, "Cancelled. By a person's decision this is not undone: charge. Too late.")]
    public void What_a_person_left_as_it_is_is_not_told_as_undone(SagaStepStatus charge, string outcome)
    {
        var saga = new SagaSnapshot
        {
            Id = "o-1",
            Definition = "order",
            Group = "orders",
            Input = default,
            StartedAt = default,
            Deadline = default,
            Status = SagaStatus.Compensated,
            Reason = "Too late.",
            Steps = [new SagaStepSnapshot("reserve") { Status = SagaStepStatus.Compensated }, new SagaStepSnapshot("charge") { Status = charge }],
        };

        Assert.Equal(outcome, OrderWords.OutcomeOf(saga));
    }
}
