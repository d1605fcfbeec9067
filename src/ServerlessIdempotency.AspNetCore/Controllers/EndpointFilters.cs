using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Controllers;

namespace ServerlessIdempotency.AspNetCore.Controllers;

/// <summary>Endpoint filters of a controller's action (<c>MapControllers().AddEndpointFilter(…)</c>): MVC runs them around the action itself, so a replay passes them by.</summary>
internal static class EndpointFilters
{
    // MVC tells nobody. A test fails where the property goes away.
    private static readonly PropertyInfo? FilterDelegate = typeof(ControllerActionDescriptor).GetProperty("FilterDelegate", BindingFlags.Instance | BindingFlags.NonPublic);

    public static bool AreOn(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<ControllerActionDescriptor>() is { } action && FilterDelegate?.GetValue(action) is not null;
}
