namespace ServerlessIdempotency.Claims;

/// <summary>Another executor has taken over the operation: whatever this one still does is not stored.</summary>
public sealed class ClaimLostException : OperationCanceledException
{
    /// <summary>Creates the exception.</summary>
    public ClaimLostException()
        : this("The claim was taken over by another executor after its lease had lapsed.")
    {
    }

    /// <summary>Creates the exception with what happened.</summary>
    public ClaimLostException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what happened and a cause.</summary>
    public ClaimLostException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
