using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Exploration;

/// <summary>How far a schedule is from the undisturbed one.</summary>
internal readonly record struct Cost(int Faults, int Switches)
{
    public int Total => Faults + Switches;

    public Cost With(Choice choice) => new(Faults + (choice.Fault is null ? 0 : 1), Switches + (choice.IsSwitch ? 1 : 0));

    public bool IsWithin(ProofOptions options) => Faults <= options.Faults && Switches <= options.Switches && Total <= options.Deviations;

    /// <summary>Whether whatever the other may still do, this one may as well.</summary>
    public bool IsNoMoreThan(Cost other) => Faults <= other.Faults && Switches <= other.Switches;
}
