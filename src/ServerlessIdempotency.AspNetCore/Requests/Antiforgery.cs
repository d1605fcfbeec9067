using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>What the antiforgery middleware found, which endpoints act on only where they bind a form.</summary>
internal static class Antiforgery
{
    /// <summary>Whether the endpoint's binding refuses the request, as it does without us: it has no valid token.</summary>
    public static bool IsRefused(HttpContext context) =>
        IsInvalid(context) && context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes.Any(type => type.Contains("form", StringComparison.OrdinalIgnoreCase)) is true;

    /// <summary>Whether the form may not be read.</summary>
    public static bool IsInvalid(HttpContext context) => context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false };

    /// <summary>The field of a form that carries the token, another one each time that the page is loaded; null where the endpoint asks for none.</summary>
    public static string? FieldOf(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<IAntiforgeryMetadata>() is { RequiresValidation: true }
        ? context.RequestServices.GetService<IOptions<AntiforgeryOptions>>()?.Value.FormFieldName
        : null;
}
