using System.Globalization;
using TestDoubles.Processes;

namespace Chaos.CommandLine;

/// <summary>What the command line asks for.</summary>
internal sealed record Arguments
{
    public const string Usage = """
        Runs the payments system as real processes (hosts, broker, Azurite), breaks it at random while clients use it, and reconciles what is left.

          dotnet run --project eng/Chaos -- --minutes 10 --seed 7

          --minutes N      how long faults are made, 0.1 to 240; default 1. Then the system gets up to 5 minutes to come to rest
          --seed S         chooses what is done and which faults are made, a whole number; default: a new one, which is printed
          --host NAME      what serves the payments: local, the local host, or functions, the function app under the Functions host for tests; default local
          --instances N    hosts that share storage and broker, 1 to 8; default 3
          --clients N      clients that work at the same time, 1 to 64; default 8
          --disturb N      seconds between two kills, freezes or outages on average, 1 to 600; default 6
          --logs FOLDER    where the processes' output is kept; default: a temporary folder, kept only where something differs
          --help           this text

        Exit code: 0 where nothing differs, 1 where something does, 2 where it could not run.
        The seed fixes every choice, not the moments at which the processes are met by them: two runs of one seed are alike, not the same.
        """;

    public double Minutes { get; init; } = 1;

    public int Seed { get; init; } = Environment.TickCount;

    public HostProgram Host { get; init; } = HostProgram.LocalHost;

    public int Instances { get; init; } = 3;

    public int Clients { get; init; } = 8;

    public double Disturb { get; init; } = 6;

    public string? Logs { get; init; }

    /// <exception cref="ArgumentsException">An argument is unknown or out of range; the message says what it takes.</exception>
    public static Arguments Parse(IReadOnlyList<string> args)
    {
        var arguments = new Arguments();
        for (var i = 0; i < args.Count; i += 2)
        {
            var name = args[i];
            var value = i + 1 < args.Count ? args[i + 1] : null;
            arguments = name switch
            {
                "--minutes" => arguments with { Minutes = Number(name, value, 0.1, 240) },
                "--seed" => arguments with { Seed = (int)Whole(name, value, int.MinValue, int.MaxValue) },
                "--host" => arguments with
                {
                    Host = value switch
                    {
                        "local" => HostProgram.LocalHost,
                        "functions" => HostProgram.FunctionApp,
                        _ => throw new ArgumentsException($"--host is '{value}': it takes local or functions."),
                    },
                },
                "--instances" => arguments with { Instances = (int)Whole(name, value, 1, 8) },
                "--clients" => arguments with { Clients = (int)Whole(name, value, 1, 64) },
                "--disturb" => arguments with { Disturb = Number(name, value, 1, 600) },
                "--logs" => arguments with { Logs = value ?? throw new ArgumentsException("--logs needs a folder.") },
                _ => throw new ArgumentsException($"There is no argument '{name}'. See --help."),
            };
        }

        return arguments;
    }

    private static double Number(string name, string? value, double min, double max) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new ArgumentsException(string.Create(CultureInfo.InvariantCulture, $"{name} is '{value}': it takes a number from {min} to {max}."));

    private static long Whole(string name, string? value, long min, long max) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new ArgumentsException(string.Create(CultureInfo.InvariantCulture, $"{name} is '{value}': it takes a whole number from {min} to {max}."));
}
