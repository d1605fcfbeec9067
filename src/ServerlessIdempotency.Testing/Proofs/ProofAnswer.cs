using System.Text;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.Testing.Proofs;

/// <summary>What one attempt of a call told its caller.</summary>
public abstract record ProofAnswer
{
    private ProofAnswer()
    {
    }

    /// <summary>The caller has its answer and stops. All callers of one operation must be told the same.</summary>
    /// <param name="Told">Everything in the answer that has to be the same, as text.</param>
    public sealed record Final(string Told) : ProofAnswer;

    /// <summary>The caller tries again with the same key.</summary>
    /// <param name="Why">What it was told, for the story.</param>
    /// <param name="After">The pause before the next attempt. Default 1 s.</param>
    public sealed record TryAgain(string Why, TimeSpan? After = null) : ProofAnswer;

    /// <summary>The caller stops without an answer: it was told that nobody knows, and that it is for a person to decide.</summary>
    /// <param name="Why">What it was told, for the story.</param>
    public sealed record Unanswered(string Why) : ProofAnswer;

    /// <summary>
    /// What a client of the HTTP contract makes of an outcome: a result and a mismatch are final, whether executed or replayed; in progress, not stored,
    /// unavailable, timed out and contended are tried again; with an unknown outcome it stops.
    /// </summary>
    public static ProofAnswer Of<T>(ExecutionOutcome<T> outcome) => outcome switch
    {
        ExecutionOutcome<T>.Executed executed => new Final(Text(executed.Result)),
        ExecutionOutcome<T>.Replayed replayed => new Final(Text(replayed.Result)),
        ExecutionOutcome<T>.Mismatch => new Final("mismatch"),
        ExecutionOutcome<T>.InProgress inProgress => new TryAgain("in progress", inProgress.LeaseLeft),
        ExecutionOutcome<T>.NotStored => new TryAgain("not stored"),
        ExecutionOutcome<T>.OutcomeUnknown unknown => new Unanswered($"outcome unknown: {unknown.Reason}"),
        ExecutionOutcome<T>.TimedOut => new TryAgain("timed out"),
        ExecutionOutcome<T>.Unavailable => new TryAgain("unavailable"),
        ExecutionOutcome<T>.Contended => new TryAgain("contended"),
        _ => throw new NotSupportedException($"Unknown outcome {outcome?.GetType().Name ?? "null"}."),
    };

    /// <summary>A result as the text that every caller must be told alike: status, headers and body.</summary>
    public static string Text(OperationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var headers = string.Concat(result.Headers.Select(header => $" {header.Key}: {header.Value}"));
        var omitted = result.OmittedBodyLength is { } length ? $" without its body of {length} bytes" : "";
        return $"{result.StatusCode}{headers}{omitted} {Encoding.UTF8.GetString(result.Body.Span)}".TrimEnd();
    }
}
