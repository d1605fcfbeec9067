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
}
