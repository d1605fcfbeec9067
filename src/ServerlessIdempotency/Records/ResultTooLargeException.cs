namespace ServerlessIdempotency.Records;

/// <summary>A result, or a step's result, is too large to be stored, so the operation can't be completed.</summary>
public sealed class ResultTooLargeException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ResultTooLargeException()
        : this("The result is too large to be stored.")
    {
    }

    /// <summary>Creates the exception with the sizes.</summary>
    public ResultTooLargeException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the sizes and a cause.</summary>
    public ResultTooLargeException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
