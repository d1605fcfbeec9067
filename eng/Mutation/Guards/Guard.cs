namespace Mutation.Guards;

/// <summary>A guard of the library, and how it is taken out.</summary>
/// <param name="Law">The law of the design that it serves.</param>
/// <param name="Name">What it guards, in a few words; unique.</param>
/// <param name="File">Where it is, from the root of the repository: a source of the library, or a settings file that its output holds.</param>
/// <param name="Snippet">The guard as it is written there, once. Line breaks and indentation do not matter.</param>
/// <param name="Replacement">What stands there without the guard.</param>
internal sealed record Guard(int Law, string Name, string File, string Snippet, string Replacement)
{
    /// <summary>The library that the guard is part of: the folder below <c>src</c>, or the function app, whose host.json lies in the root.</summary>
    public string Library => File == ProgramGuards.HostSettings ? "Payments.Functions" : File.Split('/')[1];

    /// <summary>Whether it is compiled; else it is put as it is where the program finds it.</summary>
    public bool IsSource => File.EndsWith(".cs", StringComparison.Ordinal);

    /// <summary>What the names of the tests beside it contain, which are asked first: their folder; empty where they have none.</summary>
    public string Nearby => File.Split('/') switch
    {
        [_, _, "Claims", _] => ".Execution.",
        [_, _, var folder, _] => $".{folder}.",
        _ => "",
    };

    /// <summary>Whether it is part of a program that its tests start in a process of its own.</summary>
    public bool IsOfProgram => Library == "Payments.Functions";

    /// <summary>
    /// The test projects that have to notice, in the order in which they are asked: the library's own, for the engine those on Table Storage, and for the function app those that start its worker.
    /// </summary>
    public IReadOnlyList<string> Suites => Library switch
    {
        "ServerlessIdempotency" => [$"{Library}.Tests", "ServerlessIdempotency.TableStorage.Tests"],
        "Payments.Functions" => [$"{Library}.Host.Tests"],
        _ => [$"{Library}.Tests"],
    };
}
