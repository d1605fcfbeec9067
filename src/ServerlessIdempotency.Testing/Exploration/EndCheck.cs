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

        violations.AddRange(await world.LeftoversAsync());
        var end = new ProofEnd(world);
        foreach (var (name, check) in world.Plan.Invariants)
        {
            try
            {
                if (await check(end) is { } fault)
                {
                    violations.Add($"{name}: {fault}");
                }
            }
            catch (Exception exception)
            {
                violations.Add($"{name}: {exception.Message.ReplaceLineEndings(" ")}");
            }
        }

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

    private static IEnumerable<string> Told(World world) =>
        from told in world.AllTold
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
