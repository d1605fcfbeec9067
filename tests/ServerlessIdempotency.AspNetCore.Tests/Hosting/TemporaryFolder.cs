using System.Runtime.CompilerServices;

namespace ServerlessIdempotency.AspNetCore.Tests.Hosting;

/// <summary>Where this process's long bodies are kept: ASP.NET Core reads the setting once, at the first of them.</summary>
internal static class TemporaryFolder
{
    private static readonly DirectoryInfo Folder = Directory.CreateTempSubdirectory("answers-");

    public static FileInfo[] Files => Folder.GetFiles();

    /// <summary>Does something while no file can be made there.</summary>
    public static async Task WithoutAsync(Func<Task> action)
    {
        var elsewhere = Folder.FullName + "-away";
        Directory.Move(Folder.FullName, elsewhere);
        try
        {
            await action();
        }
        finally
        {
            Directory.Move(elsewhere, Folder.FullName);
        }
    }

    [ModuleInitializer]
    internal static void Use()
    {
        Environment.SetEnvironmentVariable("ASPNETCORE_TEMP", Folder.FullName);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Folder.Delete(recursive: true);
    }
}
