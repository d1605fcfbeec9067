using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.AspNetCore.Tests.Controllers;

namespace ServerlessIdempotency.AspNetCore.Tests.Differential;

/// <summary>One thing that ASP.NET Core does to a request or a response, used by an endpoint that is mapped with the library and without it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Map">Maps the endpoint.</param>
internal sealed record Feature(string Name, Func<IEndpointRouteBuilder, string, IEndpointConventionBuilder> Map)
{
    public Action<IServiceCollection> Services { get; init; } = _ => { };

    public Action<WebApplication> Pipeline { get; init; } = _ => { };

    public Func<HttpContent?> Content { get; init; } = () => new StringContent("""{"amount":1}""", System.Text.Encoding.UTF8, "application/json");

    public (string Name, string Value)[] RequestHeaders { get; init; } = [];

    /// <summary>Trailers that no answer has, by the contract: it is withheld until it is committed.</summary>
    public string[] NotOffered { get; init; } = [];

    /// <summary>How much a request that runs the endpoint leaves in the app's <see cref="Observation"/>.</summary>
    public int Observed { get; init; }

    /// <summary>Headers that a replay does not repeat, by the contract.</summary>
    public string[] NotReplayed { get; init; } = [];

    /// <summary>Whether the answer is about this request alone, and so runs again.</summary>
    public bool IsNotStored { get; init; }

    /// <summary>The header by which middleware marks an answer that it keeps itself: the second request with a key never reaches the endpoint. Null where nothing does.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>Whether the connection breaks instead of an answer, or the answer is an error of the exception handler.</summary>
    public bool Fails { get; init; }

    public static Feature Of(string name, Delegate handler) => new(name, (endpoints, path) => endpoints.MapPost(path, handler));

    public static Feature Raw(string name, RequestDelegate handler) => new(name, (endpoints, path) => endpoints.MapPost(path, handler));

    public static Feature Action(string name, string action) => new(name, (endpoints, path) => endpoints.MapControllerRoute(path, path, new { controller = "Compared", action }))
    {
        Services = services => services.AddControllers().AddThingsOnly(),
    };

    public override string ToString() => Name;
}
