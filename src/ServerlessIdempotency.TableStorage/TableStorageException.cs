namespace ServerlessIdempotency.TableStorage;

/// <summary>
/// Table Storage refused a call in a way that sending it again would not heal: credentials, permissions, or a request that it does not
/// take. The message says what to do; the inner exception is the SDK's.
/// </summary>
public sealed class TableStorageException : Exception
{
    /// <summary>Creates the exception.</summary>
    public TableStorageException()
        : this("Table Storage refused the call.")
    {
    }

    /// <summary>Creates the exception with what to do.</summary>
    public TableStorageException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what to do and the SDK's exception.</summary>
    public TableStorageException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The HTTP status of the answer; 0 where it is unknown.</summary>
    public int Status { get; init; }

    /// <summary>The service's error code, such as <c>AuthorizationPermissionMismatch</c>; null where the answer carried none.</summary>
    public string? ErrorCode { get; init; }
}
