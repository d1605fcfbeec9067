namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>One thing that goes wrong at a point.</summary>
/// <param name="Kind">What.</param>
/// <param name="Index">Which of the point's own failures, where it is one.</param>
internal readonly record struct PointFault(FaultKind Kind, int Index = 0);
