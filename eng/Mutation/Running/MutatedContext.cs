using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;

namespace Mutation.Running;

/// <summary>
/// Loads the repository's own assemblies afresh, one of them mutated. Whatever came from packages is shared with every other run of the process, but for the
/// makers of proxies, which would give the proxies of an earlier run's types.
/// </summary>
internal sealed class MutatedContext : AssemblyLoadContext
{
    private static readonly string[] ProxyMakers = ["Moq", "Castle.Core"];

    private readonly HashSet<string> _own;
    private readonly string? _mutated;

    public MutatedContext(string suite, string? mutated)
        : base(suite)
    {
        using var dependencies = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, suite + ".deps.json")));
        _own = [.. dependencies.RootElement.GetProperty("libraries").EnumerateObject().Where(library => library.Value.GetProperty("type").GetString() == "project").Select(library => library.Name.Split('/')[0]), .. ProxyMakers];
        _mutated = mutated;
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is not { } name || !_own.Contains(name))
        {
            return null;
        }

        if (_mutated is not null && Path.GetFileNameWithoutExtension(_mutated) == name)
        {
            return LoadFromAssemblyPath(_mutated);
        }

        return LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
    }
}
