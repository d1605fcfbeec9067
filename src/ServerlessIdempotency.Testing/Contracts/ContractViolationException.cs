namespace ServerlessIdempotency.Testing.Contracts;

/// <summary>A store broke its contract; the message says which promise.</summary>
public sealed class ContractViolationException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ContractViolationException()
        : this("The store broke its contract.")
    {
    }

    /// <summary>Creates the exception with the broken promise.</summary>
    public ContractViolationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the broken promise and what the store threw.</summary>
    public ContractViolationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
