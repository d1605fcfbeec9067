namespace Mutation.Running;

/// <summary>What a test project's run came to, read from its host's lines.</summary>
internal sealed class SuiteReport
{
    private readonly List<string> _running = [];

    /// <summary>The first test that failed; null where none did.</summary>
    public string? FirstFailure { get; private set; }

    /// <summary>How many tests there were; null where the host did not get to its end.</summary>
    public int? Total { get; private set; }

    /// <summary>The tests that were begun and did not end.</summary>
    public IReadOnlyList<string> Running => _running;

    /// <summary>Whether any test was begun.</summary>
    public bool HasBegun { get; private set; }

    public void Read(string line)
    {
        if (After(line, TestEvents.Started) is { } started)
        {
            HasBegun = true;
            _running.Add(started);
        }
        else if (After(line, TestEvents.Ended) is { } ended)
        {
            _running.Remove(ended);
        }
        else if (After(line, TestEvents.Failed) is { } failed)
        {
            FirstFailure ??= failed;
        }
        else if (After(line, TestEvents.Done) is { } done)
        {
            Total = int.Parse(done, System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    /// <summary>What noticed the missing guard: a failed test, or one that did not come to its end; null where the whole suite passed.</summary>
    /// <param name="hasEnded">Whether the host ended by itself within its time.</param>
    /// <exception cref="MutationException">The host died before any test failed, so nothing is known.</exception>
    public string? CaughtBy(bool hasEnded)
    {
        if (FirstFailure is not null)
        {
            return FirstFailure;
        }

        if (!hasEnded)
        {
            return _running is [] ? throw new MutationException("The test host did not come to its end, and no test was running.") : $"{_running[0]} (it never ended)";
        }

        return Total switch
        {
            null when _running is [] => throw new MutationException("The test host died before its first test."),
            null => $"{_running[0]} (it ended the process)",
            0 => throw new MutationException("The test project has no tests."),
            _ => null,
        };
    }

    private static string? After(string line, string prefix) =>
        line.StartsWith(prefix, StringComparison.Ordinal) ? line[prefix.Length..] : null;
}
