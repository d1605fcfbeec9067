namespace Infra.Tests.Compiling;

/// <summary>What one run of the compiler said. Warnings go to <paramref name="Error"/> and leave the exit code at 0.</summary>
internal sealed record BicepRun(int ExitCode, string Output, string Error)
{
    public string OutputOrThrow() => ExitCode == 0 && Error.Length == 0
        ? Output
        : throw new InvalidOperationException($"bicep ended with {ExitCode}: {Error}");
}
