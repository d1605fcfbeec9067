namespace ServerlessIdempotency.Sagas;

/// <summary>What a sweep came to.</summary>
/// <param name="Open">Sagas that have not ended, parked ones included.</param>
/// <param name="Woken">Sagas whose wake-up was overdue and was committed again.</param>
/// <param name="Ended">Sagas that had ended and are not looked at any more.</param>
/// <param name="Unreadable">Partitions or sagas that could not be read; the next sweep looks again.</param>
public readonly record struct SagaSweepResult(int Open, int Woken, int Ended, int Unreadable)
{
    internal SagaSweepResult Add(SagaSweepResult other) => new(Open + other.Open, Woken + other.Woken, Ended + other.Ended, Unreadable + other.Unreadable);
}
