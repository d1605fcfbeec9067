using Chaos.Evidence;

namespace Chaos.Checks;

/// <summary>Nothing is unsent, undelivered, unfinished, given up or waiting for a person.</summary>
internal static class LeftoversCheck
{
    public static IEnumerable<string> Run(Findings findings) =>
    [
        .. findings.Tables.UnsentMessages.Select(row => $"The message {row} is committed and not sent."),
        .. findings.Tables.InProgress.Select(row => $"The operation {row} has not ended."),
        .. findings.DeadLetters.Select(letter => $"There is a dead letter in {letter}"),
        .. findings.Parked.Select(parked => $"The work {parked} is parked."),
        .. findings.Queued.Where(queue => queue.Value > 0).Select(queue => $"The queue {queue.Key} still has {queue.Value} messages."),
    ];
}
