using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Worlds;

namespace ServerlessIdempotency.Testing.Exploration;

/// <summary>What has to hold after every run.</summary>
internal static class EndCheck
{
    public static async Task<(IReadOnlyList<string> Violations, string? EndState)> ViolationsAsync(World world, string? expectedEndState)
    {
        List<string> violations = [.. world.Violations, .. Told(world), .. Effects(world)];
        if (!world.Plan.MayDeadLetter)
        {
            violations.AddRange(world.Broker.DeadLetters);
        }

        violations.AddRange(await UnfinishedAsync(world));
        var end = new ProofEnd(world);
        violations.AddRange(await FaultsAsync(world.Plan.Invariants, end));
        string? endState = null;
        if (world.Plan.EndState is { } describe)
        {
            endState = await describe(end);
            if (expectedEndState is not null && endState != expectedEndState)
            {
                violations.Add($"The end is not that of an undisturbed run: '{endState}' instead of '{expectedEndState}'.");
            }
        }

        return (violations, endState);
    }

    /// <summary>What is left for the background jobs, a sentence each.</summary>
    public static async Task<IReadOnlyList<string>> UnfinishedAsync(World world) =>
        [.. await world.Rows.LeftoversAsync(), .. await FaultsAsync(world.Plan.Eventually, new ProofEnd(world))];

    private static async Task<List<string>> FaultsAsync(IEnumerable<(string Name, Func<ProofEnd, Task<string?>> Check)> checks, ProofEnd end)
    {
        var faults = new List<string>();
        foreach (var (name, check) in checks)
        {
            try
            {
                if (await check(end) is { } fault)
                {
                    faults.Add($"{name}: {fault}");
                }
            }
            catch (Exception exception)
            {
                faults.Add($"{name}: {exception.Message.ReplaceLineEndings(" ")}");
            }
        }

        return faults;
    }

    private static IEnumerable<string> Told(World world) =>
        from told in world.Actors.AllTold
        group told by told.Operation into operation
        let answers = operation.DistinctBy(told => told.Text).ToList()
        where answers.Count > 1
        select $"The callers of {operation.Key} were told different things: {string.Join(", ", answers.Select(told => $"{told.Caller} '{told.Text}'"))}.";

    private static IEnumerable<string> Effects(World world) =>
        from effect in world.Outside.Effects
        group effect by (effect.Operation, effect.Name) into effects
        where effects.Count() > 1
        select $"'{effects.Key.Name}' had {effects.Count()} effects for {effects.Key.Operation}, under {(effects.Any(effect => effect.Key is null) ? "no key" : "different keys")}.";
}
