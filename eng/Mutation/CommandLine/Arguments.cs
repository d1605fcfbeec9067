namespace Mutation.CommandLine;

/// <summary>What the command line asks for.</summary>
/// <param name="Only">Parts of the names of the guards to take out; all guards where there is none.</param>
/// <param name="Own">Asks only the test project of the guard's own library, not those that follow.</param>
/// <param name="List">Only name the guards.</param>
/// <param name="Folder">Where the copy of the repository is kept for the next run; null for a temporary one.</param>
/// <param name="Table">The file to write the table to; null for the console alone.</param>
internal sealed record Arguments(IReadOnlyList<string> Only, bool Own, bool List, string? Folder, string? Table)
{
    public const string Usage = """
        Takes the guards of the library out, one at a time, in a copy of the repository, and shows which test notices.
        It ends with 0 where each was noticed, with 1 where one was not or no longer applies.

          --only TEXT     takes out the guards whose name contains the text; may be given several times
          --own           asks only the library's own tests, which is faster; a guard that they don't miss counts as one that none does
          --list          names the guards and takes none out
          --folder PATH   keeps the copy there, which makes the next run faster; default: a temporary one.
                          It must be empty, new or such a copy
          --table FILE    also writes the table to a file
          --help          this text
        """;

    public static Arguments Parse(IReadOnlyList<string> args)
    {
        var only = new List<string>();
        var own = false;
        var list = false;
        string? folder = null;
        string? table = null;
        for (var index = 0; index < args.Count; index++)
        {
            switch (args[index])
            {
                case "--only":
                    only.Add(ValueOf(args, ref index));
                    break;
                case "--own":
                    own = true;
                    break;
                case "--list":
                    list = true;
                    break;
                case "--folder":
                    folder = ValueOf(args, ref index);
                    break;
                case "--table":
                    table = ValueOf(args, ref index);
                    break;
                default:
                    throw new MutationException($"There is no argument '{args[index]}'. See --help.");
            }
        }

        return new Arguments(only, own, list, folder, table);
    }

    private static string ValueOf(IReadOnlyList<string> args, ref int index) =>
        index + 1 < args.Count ? args[++index] : throw new MutationException($"{args[index]} needs a value. See --help.");
}
