namespace ServerlessIdempotency.Rows;

/// <summary>
/// The store did not answer, or not clearly (time-out, connection lost, 429, 5xx). A write that ends so may have happened or not; the row tells.
/// </summary>
public sealed class StoreUnavailableException : Exception
{
    /// <summary>When the write that ends with it began, as a timestamp of the writer's clock; null where no writer threw it.</summary>
    internal long? Begun { get; set; }

    /// <summary>Creates the exception.</summary>
    public StoreUnavailableException()
        : this("The store did not answer.")
    {
    }

    /// <summary>Creates the exception with what happened.</summary>
    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what happened and the store's own exception.</summary>
    public StoreUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
