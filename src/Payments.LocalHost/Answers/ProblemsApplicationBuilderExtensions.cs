using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;

namespace Payments.LocalHost.Answers;

/// <summary>Gives every error that no handler answered (no such route, another method, a failure) a body of <c>application/problem+json</c>.</summary>
internal static class ProblemsApplicationBuilderExtensions
{
    public static void UseProblems(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(failed => failed.Run(context =>
        {
            // A body that the server itself refuses to read says its own status.
            if (context.Features.Get<IExceptionHandlerFeature>()?.Error is BadHttpRequestException refused)
            {
                context.Response.StatusCode = refused.StatusCode;
            }

            return WriteAsync(context);
        }));
        app.UseStatusCodePages(status => WriteAsync(status.HttpContext));
    }

    private static Task WriteAsync(HttpContext context)
    {
        var status = context.Response.StatusCode;
        var problem = new StatusProblem("about:blank", ReasonPhrases.GetReasonPhrase(status), status);
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(problem, AnswersJsonContext.Default.StatusProblem));
    }
}
