namespace Chaos.Evidence;

/// <summary>A message in the mailbox.</summary>
internal sealed record Mail(string MessageId, string To, string Text, long Arrivals);
