namespace ServerlessIdempotency.Sagas;

/// <summary>A saga that this instance holds: its row as it was last written, and the fence that the next write carries.</summary>
internal sealed class SagaHold(SagaAddress address, SagaRow row, string fence)
{
    public SagaAddress Address { get; } = address;

    public SagaRow Row { get; private set; } = row;

    public string Fence { get; private set; } = fence;

    public void Written(SagaRow row, string fence) => (Row, Fence) = (row, fence);
}
