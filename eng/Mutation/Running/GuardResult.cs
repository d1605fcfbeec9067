using Mutation.Guards;

namespace Mutation.Running;

/// <summary>What became of a guard that was taken out.</summary>
/// <param name="Guard">The guard.</param>
/// <param name="CaughtBy">The test that noticed; null where none did.</param>
/// <param name="Fault">Why it could not be taken out; null where it could.</param>
internal sealed record GuardResult(Guard Guard, string? CaughtBy, string? Fault)
{
    public bool IsCaught => CaughtBy is not null;
}
