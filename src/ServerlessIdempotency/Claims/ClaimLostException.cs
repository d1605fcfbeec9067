namespace ServerlessIdempotency.Claims;

/// <summary>Another executor has taken over the operation: whatever this one still does is not stored.</summary>
internal sealed class ClaimLostException() : OperationCanceledException("The claim was taken over by another executor after its lease had lapsed.");
