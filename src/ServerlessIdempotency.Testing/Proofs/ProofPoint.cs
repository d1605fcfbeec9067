namespace ServerlessIdempotency.Testing.Proofs;

/// <summary>
/// A moment at which a process reaches outside of itself: the explorer decides who goes on and what goes wrong there. The store, the sender and outside
/// calls of a <see cref="ProofProcess"/> are made of these; define your own for whatever else your handler talks to.
/// </summary>
/// <typeparam name="T">What the process gets back.</typeparam>
/// <param name="text">What is done, as it reads in a story: "charges 12.50".</param>
/// <param name="effect">Does it. It is run by the explorer, not by the process, so the process may die before it or after it.</param>
public sealed class ProofPoint<T>(string text, Func<Task<T>> effect)
{
    /// <summary>What is done.</summary>
    public string Text { get; } = text;

    /// <summary>Does it.</summary>
    public Func<Task<T>> Effect { get; } = effect;

    /// <summary>
    /// The names of what the effect reads or changes. Points that share none commute, so only one order of them is explored. Default: one name that all
    /// points without names share.
    /// </summary>
    public IReadOnlyList<string> Touches { get; init; } = ["something"];

    /// <summary>The effect only reads, so it commutes with other reads of the same. Default false.</summary>
    public bool OnlyReads { get; init; }

    /// <summary>The ways in which it fails, besides the death or the stall of the process. None by default.</summary>
    public IReadOnlyList<ProofFailure<T>> Failures { get; init; } = [];

    /// <summary>
    /// What the process gets when the request is lost and arrives later all the same, at a moment that the explorer chooses; null where that can't happen. Null by default.
    /// </summary>
    public Func<T>? WhenLate { get; init; }

    /// <summary>What came back, as it reads in a story; null where there is nothing to say. Nothing by default.</summary>
    public Func<T, string?> Describe { get; init; } = _ => null;
}
