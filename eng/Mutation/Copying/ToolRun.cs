using System.Diagnostics;

namespace Mutation.Copying;

/// <summary>Runs a tool to its end.</summary>
internal static class ToolRun
{
    /// <returns>What it wrote to its standard output.</returns>
    /// <exception cref="MutationException">It failed; the message has its output.</exception>
    public static async Task<string> RunAsync(string tool, string folder, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(tool, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new MutationException($"'{tool}' could not be started.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode == 0
            ? await output
            : throw new MutationException($"'{tool} {string.Join(' ', start.ArgumentList)}' failed with {process.ExitCode} in {folder}:\n{await output}{await errors}");
    }
}
