namespace LocalAzurite;

/// <summary>Azurite could not be installed or started; the message says what to do.</summary>
public sealed class AzuriteException : Exception
{
    /// <summary>Creates the exception.</summary>
    public AzuriteException()
        : this("Azurite could not be started.")
    {
    }

    /// <summary>Creates the exception with what to do.</summary>
    public AzuriteException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what to do and what went wrong.</summary>
    public AzuriteException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
