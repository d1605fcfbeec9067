namespace ServerlessIdempotency.Sagas;

/// <summary>What a person decides about the step at which a saga is parked: the step itself, or its compensation where the saga was being undone.</summary>
public enum ParkedDecision
{
    /// <summary>Try it again, with its count of attempts reset.</summary>
    Retry,

    /// <summary>It has happened: go on behind it.</summary>
    Succeeded,

    /// <summary>It has not happened and won't: undo what was begun. A compensation that failed so is left out, and the saga ends without it.</summary>
    Failed,
}
