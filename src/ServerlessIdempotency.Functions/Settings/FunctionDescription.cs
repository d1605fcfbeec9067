using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessIdempotency.Functions.Settings;

/// <summary>A function as its method declares it.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Method">The method.</param>
internal sealed record FunctionDescription(string Name, MethodInfo Method)
{
    /// <summary>What it returns once awaited; void where nothing.</summary>
    public Type ReturnType { get; } = Awaited(Method.ReturnType);

    public static FunctionDescription Of(MethodInfo method) => new(method.GetCustomAttribute<FunctionAttribute>()?.Name ?? method.Name, method);

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
