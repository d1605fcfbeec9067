namespace ServerlessIdempotency.Testing.Proofs;

/// <summary>A schedule was found after which something is wrong. The message tells it as a story, and how to run it again.</summary>
public sealed class ProofFailedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ProofFailedException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public ProofFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public ProofFailedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The schedule, for <c>ReplayAsync</c>.</summary>
    public string Schedule { get; init; } = "";

    /// <summary>What is wrong after it, a sentence each.</summary>
    public IReadOnlyList<string> Violations { get; init; } = [];

    /// <summary>What was looked at until it was found; null for a replay.</summary>
    public ProofReport? Report { get; init; }
}
