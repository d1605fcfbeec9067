namespace ServerlessIdempotency.Inbox;

/// <summary>An event was not applied although nothing threw: its handler said that it failed, or the rows kept changing under it.</summary>
public sealed class MessageNotAppliedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public MessageNotAppliedException()
        : this("The event was not applied.")
    {
    }

    /// <summary>Creates the exception with what happened.</summary>
    public MessageNotAppliedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what happened and a cause.</summary>
    public MessageNotAppliedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
