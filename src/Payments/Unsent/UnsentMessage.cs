namespace Payments.Unsent;

/// <summary>A committed message that is not sent. One that is parked waits for a person and is never removed by itself; one that waits goes out once the broker takes it.</summary>
/// <param name="Id">Its name, by which it is tried again.</param>
/// <param name="State"><c>parked</c> or <c>waiting</c>.</param>
/// <param name="Queue">The queue that it is for; null where its row can't be read.</param>
/// <param name="MessageId">The id by which its consumers will know it; null where its row can't be read.</param>
/// <param name="SessionId">The session that it belongs to, or null.</param>
/// <param name="Subject">What it is about, or null.</param>
/// <param name="CommittedAt">When its operation was committed, in UTC.</param>
/// <param name="Attempts">How often it was tried, but for attempts that got no connection.</param>
/// <param name="Error">What the last attempt said; null where none has come so far.</param>
/// <param name="Body">The body as text; null where its row can't be read.</param>
internal sealed record UnsentMessage(
    string Id, string State, string? Queue, string? MessageId, string? SessionId, string? Subject, DateTimeOffset CommittedAt, int Attempts, string? Error, string? Body);
