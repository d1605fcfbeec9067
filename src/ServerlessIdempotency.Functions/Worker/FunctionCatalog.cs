using System.Collections.Concurrent;
using System.Reflection;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using ServerlessIdempotency.Functions.Settings;

namespace ServerlessIdempotency.Functions.Worker;

/// <summary>Finds what the methods of the app say.</summary>
internal sealed class FunctionCatalog
{
    private readonly ConcurrentDictionary<string, FunctionSettings?> _settings = new();

    /// <summary>The settings of the running function; null where it is not idempotent.</summary>
    public FunctionSettings? Find(FunctionDefinition definition) => _settings.GetOrAdd(
        definition.Id,
        static (_, definition) => MethodOf(definition) is { } method && method.GetCustomAttribute<IdempotentAttribute>() is { } attribute
            ? FunctionSettings.Read(Describe(definition.Name, method), attribute, [])
            : null,
        definition);

    /// <summary>Every idempotent function of the app's own assembly.</summary>
    public static IEnumerable<(FunctionDescription Function, IdempotentAttribute Attribute)> List(Assembly assembly) =>
        from type in assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        let attribute = method.GetCustomAttribute<IdempotentAttribute>()
        where attribute is not null
        select (Describe(method.GetCustomAttribute<FunctionAttribute>()?.Name ?? method.Name, method), attribute);

    // The entry point is the type's full name and the method's.
    private static MethodInfo? MethodOf(FunctionDefinition definition)
    {
        var dot = definition.EntryPoint.LastIndexOf('.');
        if (dot < 0)
        {
            return null;
        }

        var (typeName, methodName) = (definition.EntryPoint[..dot], definition.EntryPoint[(dot + 1)..]);
        var assemblyName = Path.GetFileNameWithoutExtension(definition.PathToAssembly);
        var assembly = AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(assembly => assembly.GetName().Name == assemblyName) ?? Assembly.Load(assemblyName);
        return assembly.GetType(typeName)?.GetMethods().FirstOrDefault(method =>
            method.Name == methodName && method.GetCustomAttribute<FunctionAttribute>()?.Name == definition.Name);
    }

    private static FunctionDescription Describe(string name, MethodInfo method)
    {
        var parameters = method.GetParameters();
        var trigger = parameters.Select(parameter => parameter.GetCustomAttributesData().FirstOrDefault(data => data.AttributeType == typeof(ServiceBusTriggerAttribute))).FirstOrDefault(data => data is not null);
        return new FunctionDescription(
            name,
            trigger is not null ? FunctionKind.ServiceBus
                : parameters.Any(parameter => parameter.IsDefined(typeof(HttpTriggerAttribute))) ? FunctionKind.Http
                : FunctionKind.Other,
            Awaited(method.ReturnType))
        {
            TakesReceivedMessage = parameters.Any(parameter => parameter.IsDefined(typeof(ServiceBusTriggerAttribute)) && parameter.ParameterType == typeof(ServiceBusReceivedMessage)),
            AutoCompletes = trigger?.NamedArguments
                .Where(argument => argument.MemberName == nameof(ServiceBusTriggerAttribute.AutoCompleteMessages))
                .Select(argument => (bool?)argument.TypedValue.Value)
                .FirstOrDefault(),
        };
    }

    private static Type Awaited(Type type)
    {
        if (type == typeof(Task) || type == typeof(ValueTask))
        {
            return typeof(void);
        }

        return type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>))
            ? type.GetGenericArguments()[0]
            : type;
    }
}
