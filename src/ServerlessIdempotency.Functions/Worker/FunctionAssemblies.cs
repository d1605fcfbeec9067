using System.Reflection;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace ServerlessIdempotency.Functions.Worker;

/// <summary>The assemblies that hold the app's functions: its own, and referenced ones that the worker found functions in.</summary>
internal sealed class FunctionAssemblies(IFunctionMetadataProvider metadata)
{
    public async Task<IReadOnlyCollection<Assembly>> ListAsync()
    {
        var functions = await metadata.GetFunctionMetadataAsync(AppContext.BaseDirectory);
        var names = functions.Select(function => Path.GetFileNameWithoutExtension(function.ScriptFile)).OfType<string>();
        var assemblies = names.Distinct(StringComparer.OrdinalIgnoreCase).Select(Assembly.Load).ToHashSet();
        if (Assembly.GetEntryAssembly() is { } app)
        {
            assemblies.Add(app);
        }

        return assemblies;
    }
}
