namespace ServerlessIdempotency.Fingerprints;

/// <summary>A text that has no canonical JSON form: it is not JSON, has a member twice, nests too deep or holds half a surrogate pair.</summary>
internal sealed class CanonicalJsonException(string message, Exception? innerException = null) : FormatException(message, innerException);
