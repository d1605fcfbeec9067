using Microsoft.AspNetCore.Http;

namespace Payments.Functions.Http;

internal static class RouteValueExtensions
{
    /// <summary>A value of the route as it was sent; empty where the route has none.</summary>
    public static string RouteValue(this HttpRequest request, string name) => request.RouteValues[name] as string ?? "";
}
