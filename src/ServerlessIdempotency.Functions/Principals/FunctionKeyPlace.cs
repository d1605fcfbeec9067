using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessIdempotency.Functions.Worker;

namespace ServerlessIdempotency.Functions.Principals;

/// <summary>
/// Where a request has its function key. Rotated, a key asks for nothing else; but <c>code</c> is only a key where the host takes it for one: in a function that asks for a key, and in a
/// request that has none in its header, where the host looks first. Elsewhere it may be a coupon's (laws 7 and 12).
/// </summary>
internal sealed class FunctionKeyPlace
{
    private static readonly object IsOpen = new();

    private readonly ConcurrentDictionary<string, bool> _open = new();

    /// <summary>The name of the query parameter that is the key; null where none is.</summary>
    public static string? InQueryOf(HttpContext context) =>
        context.Request.Headers.ContainsKey(FunctionAppPrincipal.KeyHeader) || context.Items.ContainsKey(IsOpen) ? null : FunctionAppPrincipal.KeyParameter;

    /// <summary>Marks the request where its function asks for no key.</summary>
    public void Mark(FunctionContext context)
    {
        if (context.GetHttpContext() is { } http && _open.GetOrAdd(context.FunctionDefinition.Name, _ => AsksForNoKey(context.FunctionDefinition)))
        {
            http.Items[IsOpen] = true;
        }
    }

    // From the attribute's data: its property can't tell "anonymous" from "not said", for which the host asks for a key.
    private static bool AsksForNoKey(FunctionDefinition definition) => FunctionMethods.Of(definition)
        .SelectMany(method => method.GetParameters())
        .SelectMany(parameter => parameter.GetCustomAttributesData())
        .Where(data => data.AttributeType == typeof(HttpTriggerAttribute))
        .SelectMany(data => data.ConstructorArguments)
        .Any(argument => argument.ArgumentType == typeof(AuthorizationLevel) && (int)argument.Value! == (int)AuthorizationLevel.Anonymous);
}
