namespace Mutation.Guards;

/// <summary>Every guard that is taken out.</summary>
internal static class GuardList
{
    public static IReadOnlyList<Guard> All { get; } =
    [
        .. RowWriterGuards.All,
        .. ClaimGuards.All,
        .. EngineGuards.All,
        .. InboxGuards.All,
        .. ServiceBusGuards.All,
        .. OutboxGuards.All,
        .. SagaGuards.All,
        .. PurgeGuards.All,
        .. InMemoryGuards.All,
        .. TableStorageGuards.All,
        .. HttpGuards.All,
        .. FunctionGuards.All,
        .. ProgramGuards.All,
    ];

    /// <summary>The guards whose name contains one of the texts; all where there are no texts.</summary>
    /// <exception cref="MutationException">No name contains one of them.</exception>
    public static IReadOnlyList<Guard> Select(IReadOnlyList<string> texts)
    {
        if (texts.FirstOrDefault(text => !All.Any(guard => Contains(guard, text))) is { } unknown)
        {
            throw new MutationException($"No guard's name contains '{unknown}'. See --list.");
        }

        return [.. All.Where(guard => texts.Count == 0 || texts.Any(text => Contains(guard, text)))];
    }

    private static bool Contains(Guard guard, string text) => guard.Name.Contains(text, StringComparison.OrdinalIgnoreCase);
}
