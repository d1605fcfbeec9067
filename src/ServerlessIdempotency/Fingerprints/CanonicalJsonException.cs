namespace ServerlessIdempotency.Fingerprints;

/// <summary>A text that has no canonical JSON form: it is not JSON, has a member twice, nests too deep or holds half a surrogate pair.</summary>
public sealed class CanonicalJsonException : FormatException
{
    /// <summary>Creates the exception.</summary>
    public CanonicalJsonException()
        : this("The text is not JSON.")
    {
    }

    /// <summary>Creates the exception with what is wrong.</summary>
    public CanonicalJsonException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with what is wrong and the reader's own exception.</summary>
    public CanonicalJsonException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
