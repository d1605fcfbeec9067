using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Functions.Keys;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Functions.Worker;

namespace ServerlessIdempotency.Functions.Http;

/// <summary>Functions that an HTTP request starts.</summary>
internal sealed class HttpFunctionTrigger(HttpExecution http, IOptions<IdempotencyOptions> engine, IOptions<HttpIdempotencyOptions> options) : IIdempotentTrigger
{
    public KeySource DefaultKey { get; } = new KeySource.Header(options.Value.KeyHeader);

    public TimeSpan DefaultRetention => engine.Value.Retention;

    public bool Starts(MethodInfo method) => method.GetParameters().Any(parameter => parameter.IsDefined(typeof(HttpTriggerAttribute)));

    public IEnumerable<string> Check(FunctionDescription function, FunctionSettings settings, HostSettings host)
    {
        if (settings.Key is KeySource.Property || settings.PrincipalProperty is not null)
        {
            yield return "names a message property, but it is an HTTP function: use KeyHeader or KeyBodyPath, and HttpIdempotencyOptions.Principal.";
        }

        if (settings.MessageTime is not null)
        {
            yield return "sets MessageTime, which is for batches of messages: leave it out.";
        }

        if (!typeof(IResult).IsAssignableFrom(function.ReturnType) && !typeof(IActionResult).IsAssignableFrom(function.ReturnType))
        {
            yield return $"returns {function.ReturnType.Name}, which can't be stored whole: return IResult or IActionResult.";
        }

        var requiresKey = settings.RequireKey || options.Value.RequireKey;
        var methods = MethodsOf(function.Method);
        if (requiresKey && methods.Length == 0)
        {
            yield return $"requires an idempotency key and takes requests of every method, of which only {string.Join(", ", options.Value.Methods)} are executed once: name its methods in [HttpTrigger].";
        }
        else if (requiresKey && methods.FirstOrDefault(options.Value.IgnoresKeyOf) is { } ignored)
        {
            yield return $"requires an idempotency key, but {ignored.ToUpperInvariant()} requests are not executed once, so the key would be ignored: add the method to HttpIdempotencyOptions.Methods, or to another function.";
        }
        else if (methods.Length > 0 && !methods.Any(options.Value.Methods.Contains))
        {
            yield return $"has no effect, since {string.Join(" and ", methods).ToUpperInvariant()} requests are not executed once: add the method to HttpIdempotencyOptions.Methods, or take the attribute away.";
        }
    }

    private static string[] MethodsOf(MethodInfo method) =>
        method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(trigger => trigger is not null)?.Methods ?? [];

    public async Task InvokeAsync(FunctionContext context, FunctionExecutionDelegate next, FunctionSettings function)
    {
        var request = context.GetHttpContext()?.Request
            ?? throw new InvalidOperationException("There is no HttpContext: call builder.ConfigureFunctionsWebApplication() before builder.UseIdempotency().");
        var answer = await http.ExecuteAsync(
            request,
            function,
            async token =>
            {
                using var current = CurrentOperation.Enter(context, request.HttpContext.GetOperation(), token);
                await next(context);
                return context.GetInvocationResult().Value;
            },
            context.CancellationToken);

        // The ASP.NET Core integration, which stands before this, writes it.
        context.GetInvocationResult().Value = answer;
    }
}
