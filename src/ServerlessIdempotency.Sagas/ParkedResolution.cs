namespace ServerlessIdempotency.Sagas;

/// <summary>What a person decided, as it is kept.</summary>
/// <param name="Parking">Which parking was resolved.</param>
/// <param name="Decision">The decision.</param>
/// <param name="Note">Why, in the person's words.</param>
/// <param name="By">Who decided.</param>
/// <param name="At">When.</param>
/// <param name="Step">The step it was about.</param>
/// <param name="Reason">Why the saga had been parked.</param>
public sealed record ParkedResolution(long Parking, ParkedDecision Decision, string Note, string By, DateTimeOffset At, string Step, string Reason);
