using System.Reflection;
using System.Runtime.Loader;

namespace ServiceBusExtension.StandIn.Tests;

/// <summary>What other assemblies can see of one, a line for each type and member.</summary>
internal static class PublicMembers
{
    public static IReadOnlySet<string> Of(string path)
    {
        // By itself, since the two have one name; what it refers to is this test's.
        var context = new AssemblyLoadContext(path);
        return Of(context.LoadFromAssemblyPath(Path.GetFullPath(path)).GetExportedTypes());
    }

    public static IReadOnlySet<string> Of(IEnumerable<Type> types) => types.SelectMany(Lines).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> Lines(Type type)
    {
        yield return $"{type.FullName} : {type.BaseType?.FullName}{(type.IsSealed ? " sealed" : "")}";
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var constructor in type.GetConstructors(Declared).Where(IsVisible))
        {
            yield return $"{type.FullName}({Parameters(constructor)})";
        }

        // Properties and events are told by their accessors.
        foreach (var method in type.GetMethods(Declared).Where(IsVisible))
        {
            yield return $"{type.FullName}.{method.Name}({Parameters(method)}) {Name(method.ReturnType)}{(method.IsVirtual && !method.IsFinal ? " virtual" : "")}";
        }

        foreach (var field in type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily))
        {
            yield return $"{type.FullName}.{field.Name} {Name(field.FieldType)}";
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    // A named argument calls a parameter by its name, and an optional one can be left out.
    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.IsOptional ? "?" : "")}"));

    private static string Name(Type type) => type.IsGenericType ? $"{type.Name}<{string.Join(',', type.GetGenericArguments().Select(Name))}>" : type.Name;
}
