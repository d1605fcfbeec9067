namespace LocalServiceBus.Configuration;

/// <summary>The broker can't start as it was asked to. The message is a sentence for the user that says what to change.</summary>
public sealed class LocalServiceBusException : Exception
{
    /// <summary>An exception without a message of its own.</summary>
    public LocalServiceBusException()
    {
    }

    /// <summary>An exception that says what to change.</summary>
    public LocalServiceBusException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what to change, and what it came from.</summary>
    public LocalServiceBusException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
