namespace ServerlessIdempotency.Execution;

/// <summary>What an attempt may do after one that ended without an answer.</summary>
internal enum NextAttempt
{
    Runs,
    Probes,
    Waits,
}
