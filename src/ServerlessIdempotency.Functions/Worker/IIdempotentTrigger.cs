using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using ServerlessIdempotency.Functions.Keys;
using ServerlessIdempotency.Functions.Settings;

namespace ServerlessIdempotency.Functions.Worker;

/// <summary>A kind of trigger whose functions may carry <see cref="IdempotentAttribute"/>.</summary>
internal interface IIdempotentTrigger
{
    /// <summary>Where the key is when the attribute does not say.</summary>
    KeySource DefaultKey { get; }

    /// <summary>How long a result is kept when the attribute does not say.</summary>
    TimeSpan DefaultRetention { get; }

    /// <summary>Whether this trigger starts the function.</summary>
    bool Starts(MethodInfo method);

    /// <summary>What is wrong with a function of this kind: ends of sentences that begin with its name.</summary>
    IEnumerable<string> Check(FunctionDescription function, FunctionSettings settings, HostSettings host);

    /// <summary>Executes a function once.</summary>
    Task InvokeAsync(FunctionContext context, FunctionExecutionDelegate next, FunctionSettings function);
}
