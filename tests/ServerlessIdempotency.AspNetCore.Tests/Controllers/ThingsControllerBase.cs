using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;

namespace ServerlessIdempotency.AspNetCore.Tests.Controllers;

public abstract class ThingsControllerBase : ControllerBase
{
    protected int CountRun() => HttpContext.RequestServices.GetRequiredService<RunCounter>().Next();

    public sealed class Thing
    {
        [Range(0, 100)]
        public int Amount { get; set; }
    }
}

public sealed class RunCounter
{
    private int _runs;

    public int Runs => _runs;

    public int Next() => Interlocked.Increment(ref _runs);
}

/// <summary>An authorization filter as people write it: who has no API key gets a 401.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ApiKeyAttribute : Attribute, IAuthorizationFilter
{
    public void OnAuthorization(AuthorizationFilterContext context)
    {
        if (context.HttpContext.Request.Headers["X-Api-Key"] != "secret")
        {
            context.Result = new StatusCodeResult(401);
        }
    }
}

internal static class ThingsMvcBuilderExtensions
{
    /// <summary>The controllers of this assembly, which is no application part of the test host by itself.</summary>
    public static IMvcBuilder AddThingsOnly(this IMvcBuilder builder)
    {
        builder.Services.AddSingleton<RunCounter>();
        builder.PartManager.ApplicationParts.Clear();
        builder.PartManager.ApplicationParts.Add(new AssemblyPart(Assembly.GetExecutingAssembly()));
        return builder;
    }
}
