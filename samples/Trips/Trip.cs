namespace Trips;

/// <summary>The input of the example saga.</summary>
internal sealed record Trip(string Id, string City, int Nights);
