using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LocalAzurite;

/// <summary>
/// The pinned Azurite in the user's cache. The folder's name carries a hash of the lock file, so two versions never mix; the folder appears
/// by a rename when it is whole, so a process killed in the middle of an installation leaves nothing that would be taken for one.
/// </summary>
internal static class AzuriteInstallation
{
    private static readonly string[] Files = ["package.json", "package-lock.json", "azurite-host.cjs"];

    /// <summary>The script that runs Azurite, within the installed folder.</summary>
    public const string HostScript = "azurite-host.cjs";

    /// <summary>Installs Azurite where it is missing.</summary>
    /// <returns>The folder that holds it.</returns>
    public static async Task<string> EnsureAsync(AzuriteOptions options, NodeTools tools, CancellationToken cancellationToken)
    {
        var cache = options.CacheFolder ?? DefaultCacheFolder();
        var name = FolderName();
        var folder = Path.Combine(cache, name);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.InstallTimeout);
        try
        {
            Directory.CreateDirectory(cache);
            await using var held = await LockAsync(folder + ".lock", timeout.Token);
            if (!Directory.Exists(folder))
            {
                RemoveLeftovers(cache, name);
                await InstallAsync(folder, tools, timeout.Token);
            }

            return folder;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AzuriteException($"Azurite was not installed within {options.InstallTimeout.TotalSeconds:0} s: check the connection to the npm registry, or raise {nameof(AzuriteOptions.InstallTimeout)}.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AzuriteException($"Azurite could not be installed into '{folder}': make the folder writable, or set {nameof(AzuriteOptions.CacheFolder)}. {exception.Message}", exception);
        }
    }

    private static async Task InstallAsync(string folder, NodeTools tools, CancellationToken cancellationToken)
    {
        var staging = $"{folder}.partial-{Guid.NewGuid():N}";
        Directory.CreateDirectory(staging);
        foreach (var file in Files)
        {
            await File.WriteAllBytesAsync(Path.Combine(staging, file), Resource(file), cancellationToken);
        }

        ChildProcess npm;
        try
        {
            npm = ChildProcess.Start(tools.Npm, ["ci", "--omit=dev", "--no-audit", "--no-fund"], staging);
        }
        catch (Win32Exception exception)
        {
            throw new AzuriteException($"'{tools.Npm}' could not be started: repair the installation of Node.js. {exception.Message}", exception);
        }

        await using (npm)
        {
            npm.CloseInput();
            await npm.WaitForExitAsync(cancellationToken);
            if (npm.ExitCode != 0)
            {
                throw new AzuriteException($"'npm ci' failed with exit code {npm.ExitCode} while installing Azurite: check the connection to the npm registry and npm's settings, then start again. npm said: {npm.Output}");
            }
        }

        Directory.Move(staging, folder);
    }

    /// <summary>Waits until this process alone may install. The operating system frees the lock when its holder ends, however it ends.</summary>
    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (IsHeldByAnother(exception))
            {
                // Another process installs: file locks can only be polled.
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
        }
    }

    // ERROR_SHARING_VIOLATION on Windows, EWOULDBLOCK on Linux and on macOS; anything else, such as a full disk, waiting would not heal.
    private static bool IsHeldByAnother(IOException exception) => exception.HResult is unchecked((int)0x80070020) or 11 or 35;

    /// <summary>Deletes what killed processes left behind. Called under the lock, so none of it is in use.</summary>
    private static void RemoveLeftovers(string cache, string name)
    {
        foreach (var leftover in Directory.EnumerateDirectories(cache, name + ".partial-*"))
        {
            try
            {
                Directory.Delete(leftover, recursive: true);
            }
            catch (IOException)
            {
                // An npm that outlived its parent may still write there; the next installation tries again.
            }
        }
    }

    private static string FolderName()
    {
        using var package = JsonDocument.Parse(Resource("package.json"));
        var version = package.RootElement.GetProperty("dependencies").GetProperty("azurite").GetString();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file));
            hash.AppendData(Resource(file));
        }

        return $"azurite-{version}-{Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}";
    }

    private static string DefaultCacheFolder()
    {
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return local.Length > 0
            ? Path.Combine(local, "ServerlessIdempotency")
            : throw new AzuriteException($"This user has no local application data folder to install Azurite into: set {nameof(AzuriteOptions.CacheFolder)} or the HOME environment variable.");
    }

    private static byte[] Resource(string name)
    {
        using var stream = typeof(AzuriteInstallation).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing from this assembly.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
