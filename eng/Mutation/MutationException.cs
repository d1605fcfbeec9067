namespace Mutation;

/// <summary>The run can't go on; the message says why and what to do.</summary>
public sealed class MutationException : Exception
{
    /// <summary>Creates the exception.</summary>
    public MutationException()
        : this("The mutation run failed.")
    {
    }

    /// <summary>Creates the exception with what to do.</summary>
    public MutationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what to do and a cause.</summary>
    public MutationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
