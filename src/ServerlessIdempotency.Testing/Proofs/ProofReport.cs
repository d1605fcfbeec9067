using System.Globalization;

namespace ServerlessIdempotency.Testing.Proofs;

/// <summary>What a proof looked at.</summary>
/// <param name="Explored">Schedules that were run to their end, one by one, within the bounds.</param>
/// <param name="Pruned">Schedules that were given up on the way, since they had come to a state that another one had come to.</param>
/// <param name="IsExhausted">Whether nothing within the bounds is left.</param>
/// <param name="Sampled">Random schedules beyond the bounds.</param>
/// <param name="Seed">The seed of those.</param>
/// <param name="Points">Points passed, over all schedules.</param>
/// <param name="UndisturbedPoints">Points of the schedule in which nothing goes wrong.</param>
/// <param name="Uncontrolled">
/// How often something came from a thread that the proof does not control, such as one of the thread pool. When it comes differs from run to run, so a failure may not
/// replay. Expect 0 unless the app does something real at its points, such as a network call.
/// </param>
/// <param name="Duration">How long it took.</param>
public sealed record ProofReport(int Explored, int Pruned, bool IsExhausted, int Sampled, int Seed, long Points, int UndisturbedPoints, long Uncontrolled, TimeSpan Duration)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Explored} schedules explored ({(IsExhausted ? "all within the bounds" : "the bounds were not exhausted")}), {Pruned} pruned, {Sampled} sampled (seed {Seed}); {Points} points, {UndisturbedPoints} in the undisturbed run{(Uncontrolled > 0 ? $"; {Uncontrolled} times something came from elsewhere" : "")}; {Duration.TotalSeconds:0.0} s");
}
