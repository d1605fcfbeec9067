namespace Payments.Functions.Connections;

/// <summary>Settings do not say how to reach a service of Azure; the message is a sentence for whoever set them, and quotes no connection string.</summary>
public sealed class ServiceConnectionException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ServiceConnectionException()
        : this("The settings do not say how to reach a service of Azure.")
    {
    }

    /// <summary>Creates the exception with what is wrong.</summary>
    public ServiceConnectionException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what is wrong and a cause.</summary>
    public ServiceConnectionException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
