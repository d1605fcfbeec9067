namespace ServerlessIdempotency.Inbox.DeadLetters;

/// <summary>The broker did not answer.</summary>
public sealed class BrokerUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public BrokerUnavailableException()
        : this("The broker did not answer.")
    {
    }

    /// <summary>Creates the exception with what happened.</summary>
    public BrokerUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what happened and a cause.</summary>
    public BrokerUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
