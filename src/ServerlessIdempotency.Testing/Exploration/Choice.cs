using ServerlessIdempotency.Testing.Worlds;

namespace ServerlessIdempotency.Testing.Exploration;

/// <summary>One way to go on.</summary>
/// <param name="Point">Whose point comes next; null where time passes to the next timer.</param>
/// <param name="Fault">What goes wrong there; null for nothing.</param>
/// <param name="IsSwitch">Whether the scheduler would have gone on elsewhere by itself.</param>
internal readonly record struct Choice(PendingPoint? Point, PointFault? Fault, bool IsSwitch)
{
    /// <summary>By what the choice is known again when the schedule is run once more.</summary>
    public int Tag => HashCode.Combine(Point?.Actor.Id, Point?.Process.Name, Fault, Point?.IsReply, Point?.IsLate);
}
