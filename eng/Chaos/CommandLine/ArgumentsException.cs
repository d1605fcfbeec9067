namespace Chaos.CommandLine;

/// <summary>The command line is wrong; the message is one sentence for whoever wrote it.</summary>
internal sealed class ArgumentsException(string message) : Exception(message);
