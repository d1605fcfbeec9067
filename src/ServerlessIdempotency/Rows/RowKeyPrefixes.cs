namespace ServerlessIdempotency.Rows;

/// <summary>What the keys of the library's own rows begin with, in one place: none may begin another, and none may be a user's.</summary>
internal static class RowKeyPrefixes
{
    /// <summary>The record of an operation.</summary>
    public const string Record = "idem|";

    /// <summary>What a person decided about a record.</summary>
    public const string Decision = "idem-decision|";

    /// <summary>A committed message that is still to be sent.</summary>
    public const string Outbox = "outbox|";

    /// <summary>The mark that a consumer has applied an event.</summary>
    public const string ProcessedEvent = "event|";

    /// <summary>A saga.</summary>
    public const string Saga = "saga|";

    /// <summary>The note that a saga has not ended.</summary>
    public const string OpenSaga = "saga-open|";

    /// <summary>What a person decided about a parked saga.</summary>
    public const string SagaAudit = "saga-audit|";
}
