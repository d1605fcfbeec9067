namespace ServerlessIdempotency.Sagas;

/// <summary>What a sweep came to. It looks at those sagas only that are due.</summary>
/// <param name="Open">Sagas that were due to be looked at and have not ended, parked ones included.</param>
/// <param name="Woken">Sagas whose wake-up was overdue and was committed again.</param>
/// <param name="Ended">Sagas that had ended and are not looked at any more.</param>
/// <param name="Unknown">Sagas whose definition, version or step this process does not know; they are left alone.</param>
/// <param name="Unreadable">Partitions or sagas that could not be read; a later sweep looks again.</param>
public readonly record struct SagaSweepResult(int Open, int Woken, int Ended, int Unknown, int Unreadable)
{
    internal SagaSweepResult Add(SagaSweepResult other) =>
        new(Open + other.Open, Woken + other.Woken, Ended + other.Ended, Unknown + other.Unknown, Unreadable + other.Unreadable);
}
