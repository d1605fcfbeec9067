using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace ServerlessIdempotency.AspNetCore.Controllers;

/// <summary>Adds the filters to every action; those that are not idempotent pass through them.</summary>
/// <param name="services">The app's services.</param>
internal sealed class MvcOptionsSetup(IServiceProvider services) : IConfigureOptions<MvcOptions>
{
    public void Configure(MvcOptions options)
    {
        options.Filters.Add(new IdempotencyResourceFilter(services));
        options.Filters.Add(new ActionReachedFilter());
    }
}
