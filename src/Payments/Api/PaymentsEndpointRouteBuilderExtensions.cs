using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Payments.Api;

/// <summary>Maps the routes in a web app.</summary>
public static class PaymentsEndpointRouteBuilderExtensions
{
    /// <summary>Maps every route of <see cref="PaymentsRoutes"/>.</summary>
    public static void MapPayments(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        foreach (var route in PaymentsRoutes.All)
        {
            endpoints.MapMethods(
                "/" + route.Template,
                [route.Method],
                (HttpRequest request, PaymentsApi api, CancellationToken cancellationToken) => route.AnswerAsync(api, request, cancellationToken)).WithName(route.Name);
        }
    }
}
