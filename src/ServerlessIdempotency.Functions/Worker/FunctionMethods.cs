using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessIdempotency.Functions.Worker;

/// <summary>Finds the method of a function as the worker itself does: by the assembly, and the type's and the method's name.</summary>
internal static class FunctionMethods
{
    public static IEnumerable<MethodInfo> Of(FunctionDefinition definition) =>
        definition is { EntryPoint: { } entryPoint, PathToAssembly: { Length: > 0 } path } && entryPoint.LastIndexOf('.') is > 0 and var dot
            ? (Assembly.Load(Path.GetFileNameWithoutExtension(path)).GetType(entryPoint[..dot])?.GetMethods() ?? []).Where(method => method.Name == entryPoint[(dot + 1)..])
            : [];
}
