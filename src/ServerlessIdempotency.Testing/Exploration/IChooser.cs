namespace ServerlessIdempotency.Testing.Exploration;

/// <summary>Decides at each step of a run.</summary>
internal interface IChooser
{
    /// <param name="step">Which step, from 0.</param>
    /// <param name="choices">What can be done; the first is what is done by itself.</param>
    /// <param name="state">The fingerprint of the state.</param>
    /// <returns>Which one; null to give the run up.</returns>
    int? Choose(int step, IReadOnlyList<Choice> choices, ulong state);
}
