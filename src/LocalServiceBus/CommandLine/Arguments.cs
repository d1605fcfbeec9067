using System.Globalization;
using LocalServiceBus.Configuration;

namespace LocalServiceBus.CommandLine;

/// <summary>What the command line asks for.</summary>
internal sealed record Arguments(int Port, string ConfigurationFile, string? DataFolder, bool Verbose)
{
    /// <summary>The port that clients take when the endpoint names none.</summary>
    private const int DefaultPort = 5672;

    public const string Usage = """
        Azure Service Bus queues on this machine, for the official clients (UseDevelopmentEmulator=true).

          --config FILE   the queues, in the format of the official emulator; required
          --port PORT     the port on 127.0.0.1; 0 takes a free one; default 5672
          --data FOLDER   keeps the messages over restarts and crashes; default: memory only
          --verbose       also logs clients that come and go
          --help          this text
        """;

    public static Arguments Parse(IReadOnlyList<string> args)
    {
        int port = DefaultPort;
        string? file = null;
        string? folder = null;
        var verbose = false;
        for (var i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--port":
                    var text = ValueOf(args, ref i);
                    if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port))
                    {
                        throw new LocalServiceBusException($"--port is '{text}'; it takes a number.");
                    }

                    break;
                case "--config":
                    file = ValueOf(args, ref i);
                    break;
                case "--data":
                    folder = ValueOf(args, ref i);
                    break;
                case "--verbose":
                    verbose = true;
                    break;
                default:
                    throw new LocalServiceBusException($"There is no argument '{args[i]}'. See --help.");
            }
        }

        return new Arguments(port, file ?? throw new LocalServiceBusException("--config FILE is missing: it names the queues. See --help."), folder, verbose);
    }

    private static string ValueOf(IReadOnlyList<string> args, ref int i) =>
        i + 1 < args.Count ? args[++i] : throw new LocalServiceBusException($"{args[i]} needs a value. See --help.");
}
