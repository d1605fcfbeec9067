using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.CookiePolicy;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using EntityTagHeaderValue = Microsoft.Net.Http.Headers.EntityTagHeaderValue;

namespace ServerlessIdempotency.AspNetCore.Tests.Differential;

/// <summary>The features of ASP.NET Core that touch a request or a response.</summary>
internal static class Features
{
    private static readonly DateTimeOffset Modified = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 10_000).Select(number => (byte)number)];
    private static readonly string FilePath = WriteFile();

    public static IReadOnlyList<Feature> All { get; } =
    [
        Feature.Of("Results.Ok", () => Results.Ok(new { Name = "é", Amount = 1.50m })),
        Feature.Of("Results.Json", () => Results.Json(new[] { 1, 2 }, contentType: "application/vnd.numbers+json", statusCode: 202)),
        Feature.Of("Results.Created", () => Results.Created("/things/1", new { Id = 1 })),
        Feature.Of("Results.Accepted", () => Results.Accepted("/things/1")),
        Feature.Of("Results.NoContent", () => Results.NoContent()),
        Feature.Of("Results.Content", () => Results.Content("<p>é</p>", "text/html", Encoding.Unicode)),
        Feature.Of("Results.Text", () => Results.Text("plain")),
        Feature.Of("Results.Bytes", () => Results.Bytes(Bytes, "application/octet-stream", "bytes.bin", lastModified: Modified, entityTag: EntityTagHeaderValue.Parse("\"v1\""))),
        Feature.Of("Results.Stream", () => Results.Stream(new MemoryStream(Bytes), "image/png")),
        Feature.Of("Results.Stream of a pipe", () => Results.Stream(PipeReader.Create(new MemoryStream(Bytes)), "image/png")),
        Feature.Of("Results.Stream written", () => Results.Stream(stream => stream.WriteAsync(Bytes).AsTask(), "image/png")),
        Feature.Of("Results.File", () => Results.File(FilePath, "text/plain", "name.txt")),
        Feature.Of("Results.Redirect", () => Results.Redirect("/elsewhere", preserveMethod: true)),
        Feature.Of("Results.BadRequest", () => Results.BadRequest(new { Fault = "no" })),
        Feature.Of("Results.NotFound", () => Results.NotFound()),
        Feature.Of("Results.Conflict", () => Results.Conflict("state")),
        Feature.Of("Results.Problem", () => Results.Problem("detail", statusCode: 422, extensions: new Dictionary<string, object?> { ["code"] = 7 })),
        Feature.Of("Results.ValidationProblem", () => Results.ValidationProblem(new Dictionary<string, string[]> { ["a"] = ["b"] })),
        Feature.Of("Results.Unauthorized", () => Results.Unauthorized()) with { IsNotStored = true },
        Feature.Of("Results.StatusCode 503", () => Results.StatusCode(503)) with { IsNotStored = true },
        Feature.Of("Results.UnprocessableEntity", () => Results.UnprocessableEntity(new { Fault = "no" })),
        Feature.Of("Results.InternalServerError", () => Results.InternalServerError("broken")) with { IsNotStored = true },
        Feature.Of("Results.LocalRedirect", () => Results.LocalRedirect("/elsewhere", permanent: true)),
        Named("Results.RedirectToRoute", () => Results.RedirectToRoute("thing", new { id = 7 })),
        Named("Results.CreatedAtRoute", () => Results.CreatedAtRoute("thing", new { id = 7 }, new { Id = 7 })),
        Named("Results.AcceptedAtRoute", () => Results.AcceptedAtRoute("thing", new { id = 7 })),
        WithCookies("Results.Challenge", () => Results.Challenge()) with { IsNotStored = true },
        WithCookies("Results.Forbid", () => Results.Forbid()) with { IsNotStored = true },
        WithCookies("Results.SignOut", () => Results.SignOut()) with { NotReplayed = ["Set-Cookie"] },
        Feature.Of("Results.Empty", () => Results.Empty),
        Feature.Of("TypedResults", () => TypedResults.Ok(7)),
        Feature.Of("a string", () => "text"),
        Feature.Of("a value", (Dictionary<string, int> body) => body),
        Feature.Of("nothing", () => { }),
        Feature.Of("a null string", string? () => null) with { Fails = true },
        Feature.Of("a null result", IResult? () => null) with { Fails = true },
        Feature.Of("a null value", Version? () => null),
        Feature.Of("a status that was set before", () => "found") with
        {
            Pipeline = app => app.Use((context, next) =>
            {
                context.Response.StatusCode = 404;
                return next(context);
            }),
        },
        Feature.Of("a status that was set before and is set anew", () => Results.Created("/things/1", 7)) with
        {
            Pipeline = app => app.Use((context, next) =>
            {
                context.Response.StatusCode = 500;
                return next(context);
            }),
        },
        Feature.Of("IAsyncEnumerable", () => Numbers()),
        Feature.Raw("headers, added and removed", context =>
        {
            context.Response.Headers.Remove("X-From-Middleware");
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.Vary = "Accept-Language";
            context.Response.Headers["X-Own"] = "1";
            context.Response.Headers.Append("Link", "<a>");
            context.Response.Headers.Append("Link", "<b>");
            return context.Response.WriteAsync("done");
        }) with
        {
            Pipeline = app => app.Use((context, next) =>
            {
                context.Response.Headers["X-From-Middleware"] = "1";
                context.Response.Headers["X-Kept"] = "1";
                return next(context);
            }),
            NotReplayed = ["X-Own", "X-From-Middleware"],
        },
        Feature.Raw("StartAsync and OnStarting", async context =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.ETag = "\"starting\"";
                return Task.CompletedTask;
            });
            await context.Response.StartAsync();
            await context.Response.WriteAsync($"started {context.Response.HasStarted}; ");
            try
            {
                context.Response.StatusCode = 500;
            }
            catch (InvalidOperationException exception)
            {
                await context.Response.WriteAsync(exception.Message);
            }

            try
            {
                context.Response.Headers["X-Late"] = "1";
            }
            catch (InvalidOperationException exception)
            {
                await context.Response.WriteAsync(exception.Message);
            }
        }),
        Feature.Raw("BodyWriter and Body in turn", async context =>
        {
            Encoding.UTF8.GetBytes("one ", context.Response.BodyWriter);
            await context.Response.BodyWriter.FlushAsync();
            await context.Response.WriteAsync("two ");
            Encoding.UTF8.GetBytes("three", context.Response.BodyWriter);
            await context.Response.CompleteAsync();
        }),
        Feature.Raw("SendFileAsync", context => context.Response.SendFileAsync(FilePath, 2, 5)),
        Feature.Raw("synchronous writes", async context =>
        {
            try
            {
                context.Response.Body.Write("sync"u8);
            }
            catch (InvalidOperationException exception)
            {
                await context.Response.WriteAsync(exception.Message);
            }
        }),
        Feature.Raw("an empty 404 and status code pages", context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        }) with { Pipeline = app => app.UseStatusCodePages("text/plain", "page {0}") },
        Feature.Raw("a written 404 and status code pages", context =>
        {
            context.Response.StatusCode = 404;
            return context.Response.WriteAsync("own");
        }) with { Pipeline = app => app.UseStatusCodePages("text/plain", "page {0}") },
        Feature.Raw("cookies", context =>
        {
            context.Response.Cookies.Append("a", "b");
            context.Response.Cookies.Delete("c");
            return context.Response.WriteAsync("baked");
        }) with { NotReplayed = ["Set-Cookie"] },
        Feature.Raw("cookie policy", context =>
        {
            context.Response.Cookies.Append("a", "b");
            return context.Response.WriteAsync("baked");
        }) with
        {
            Pipeline = app => app.UseCookiePolicy(new CookiePolicyOptions { HttpOnly = HttpOnlyPolicy.Always, Secure = CookieSecurePolicy.Always, MinimumSameSitePolicy = SameSiteMode.Strict }),
            NotReplayed = ["Set-Cookie"],
        },
        Feature.Of("response compression", () => Results.Text(new string('x', 5_000))) with
        {
            Services = services => services.AddResponseCompression(options => options.EnableForHttps = true),
            Pipeline = app => app.UseResponseCompression(),
            RequestHeaders = [("Accept-Encoding", "gzip")],
        },
        Feature.Of("request decompression", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            return await reader.ReadToEndAsync();
        }) with
        {
            Services = services => services.AddRequestDecompression(),
            Pipeline = app => app.UseRequestDecompression(),
            Content = () => Gzip("""{"amount":1}"""),
        },
        Feature.Of("output caching", () => Results.Text("cached")) with
        {
            Services = services => services.AddOutputCache(options => options.AddBasePolicy(new CachedPosts(varyByKey: false))),
            Pipeline = app => app.UseOutputCache(),
            AnsweredBy = CachedPosts.Hit,
        },
        Feature.Of("output caching for each key", () => Results.Json(new { Cached = true })) with
        {
            Services = services => services.AddOutputCache(options => options.AddBasePolicy(new CachedPosts(varyByKey: true))),
            Pipeline = app => app.UseOutputCache(),
            AnsweredBy = CachedPosts.Hit,
        },
        Feature.Of("output caching of an error", () => Results.BadRequest("kept by the operation alone")) with
        {
            Services = services => services.AddOutputCache(options => options.AddBasePolicy(new CachedPosts(varyByKey: false))),
            Pipeline = app => app.UseOutputCache(),
        },
        Feature.Of("a request time-out that is not met", () => "in time") with
        {
            Map = (endpoints, path) => endpoints.MapPost(path, () => "in time").WithRequestTimeout(TimeSpan.FromMinutes(5)),
            Services = services => services.AddRequestTimeouts(),
            Pipeline = app => app.UseRequestTimeouts(),
        },
        Feature.Raw("a trailer where the server offers one", async context =>
        {
            if (context.Response.SupportsTrailers())
            {
                context.Response.AppendTrailer("X-Late", "1");
            }

            await context.Response.WriteAsync("body");
        }) with { NotOffered = ["trailer X-Late"] },
        Feature.Of("CORS", () => "shared") with
        {
            Services = services => services.AddCors(options => options.AddDefaultPolicy(policy => policy.WithOrigins("https://a.example").WithExposedHeaders("ETag"))),
            Pipeline = app => app.UseCors(),
            RequestHeaders = [("Origin", "https://a.example")],
        },
        Feature.Of("rate limiting within its limit", () => "let through") with
        {
            Map = (endpoints, path) => endpoints.MapPost(path, () => "let through").RequireRateLimiting("one"),
            Services = services => services.AddRateLimiter(options => options.AddConcurrencyLimiter("one", limiter => limiter.PermitLimit = 1)),
            Pipeline = app => app.UseRateLimiter(),
        },
        Feature.Of("HTTP logging", (Dictionary<string, int> body) => Results.Ok(body)) with
        {
            Services = services => services.AddHttpLogging(options => options.LoggingFields = HttpLoggingFields.RequestBody | HttpLoggingFields.ResponseBody),
            Pipeline = app => app.UseHttpLogging(),
            Observed = 2,
        },
        Feature.Of("antiforgery and IFormFile", (IFormFile file, IFormCollection form) => $"{file.FileName} {file.Length} {form["currency"]}") with
        {
            Services = services => services.AddAntiforgery(options => options.Cookie.Name = "af"),
            Pipeline = app => app.Use((context, next) =>
            {
                // What a page of the app would have given to its form.
                var tokens = context.RequestServices.GetRequiredService<IAntiforgery>().GetTokens(new DefaultHttpContext { RequestServices = context.RequestServices });
                context.Request.Headers.Cookie = $"af={tokens.CookieToken}";
                context.Request.Headers["RequestVerificationToken"] = tokens.RequestToken;
                return next(context);
            }).UseAntiforgery(),
            Content = () => new MultipartFormDataContent { { new StringContent("EUR"), "currency" }, { new ByteArrayContent(Bytes), "file", "a.bin" } },
        },
        Feature.Of("a form without its antiforgery token", (IFormFile file) => file.FileName) with
        {
            Services = services => services.AddAntiforgery(),
            Pipeline = app => app.UseAntiforgery(),
            Content = () => new MultipartFormDataContent { { new ByteArrayContent(Bytes), "file", "a.bin" } },
            IsNotStored = true,
        },
        Feature.Of("a form", (HttpRequest request) => request.Form["amount"].ToString()) with
        {
            Content = () => new FormUrlEncodedContent(new Dictionary<string, string> { ["amount"] = "1 2" }),
        },
        Feature.Of("a body that does not bind", (int[] body) => body) with { IsNotStored = true },
        Feature.Of("an exception and its handler", string () => throw new InvalidOperationException("It broke.")) with
        {
            Pipeline = app => app.UseExceptionHandler(error => error.Run(context => context.Response.WriteAsync("handled"))),
            IsNotStored = true,
        },
        Feature.Of("an exception and an endpoint for errors", string () => throw new InvalidOperationException("It broke.")) with
        {
            Pipeline = app =>
            {
                app.UseExceptionHandler("/error");
                app.UseRouting();
                app.Map("/error", () => "handled elsewhere").WithIdempotency();
            },
            IsNotStored = true,
        },
        Feature.Raw("an aborted answer", async context =>
        {
            await context.Response.WriteAsync("half");
            context.Abort();
        }) with { Fails = true },
        Feature.Raw("a truncated answer", async context =>
        {
            context.Response.ContentLength = 10;
            await context.Response.WriteAsync("half");
        }) with { Fails = true },
        Feature.Raw("request features", context => context.Response.WriteAsync(
            $"{context.Request.ContentLength} {context.Request.ContentType} {context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize} {context.Request.Protocol}")),
        Feature.Raw("Expect: 100-continue", async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(await reader.ReadToEndAsync());
        }) with { RequestHeaders = [("Expect", "100-continue")] },
        Feature.Action("MVC: an action with a body", nameof(ComparedController.Made)),
        Feature.Action("MVC: a typed result", nameof(ComparedController.Typed)),
        Feature.Action("MVC: a produced type", nameof(ComparedController.Produced)),
        Feature.Action("MVC: a result filter", nameof(ComparedController.Filtered)),
        Feature.Action("MVC: authorization, resource and always-run filters", nameof(ComparedController.Surrounded)),
        Feature.Action("MVC: an exception filter", nameof(ComparedController.Thrown)),
        Feature.Action("MVC: errors of the model", nameof(ComparedController.Judged)),
        Feature.Action("MVC: a file", nameof(ComparedController.Sent)),
        Feature.Of("an endpoint filter", () => "inner") with
        {
            Map = (endpoints, path) => endpoints.MapPost(path, () => "inner").AddEndpointFilter(async (context, next) => $"outer {await next(context)}"),
        },
        Feature.Raw("a 304 with the length that a GET would have", context =>
        {
            context.Response.StatusCode = 304;
            context.Response.ContentLength = 10;
            context.Response.Headers.ETag = "\"v1\"";
            return Task.CompletedTask;
        }),
        Feature.Raw("a body that a 204 can't have", async context =>
        {
            context.Response.StatusCode = 204;
            try
            {
                await context.Response.WriteAsync("body");
            }
            catch (InvalidOperationException)
            {
                // What the endpoint does about it is its own.
            }
        }),
        Feature.Raw("a 205", context =>
        {
            context.Response.StatusCode = 205;
            return Task.CompletedTask;
        }),
        Feature.Raw("a length that is said", context =>
        {
            context.Response.ContentLength = 4;
            return context.Response.WriteAsync("four");
        }),
        Feature.Raw("an empty answer that is started", context => context.Response.StartAsync()),
        Feature.Raw("an empty answer that is completed", context => context.Response.CompleteAsync()),
        Feature.Of("a precondition that fails", () => Results.Bytes(Bytes, entityTag: EntityTagHeaderValue.Parse("\"v1\""))) with { RequestHeaders = [("If-Match", "\"v2\"")] },
        Feature.Of("Range is for GET", () => Results.Bytes(Bytes, enableRangeProcessing: true)) with { RequestHeaders = [("Range", "bytes=0-9")] },
        Feature.Of("OnCompleted and RegisterForDispose", (HttpContext context, Observation observation) =>
        {
            context.Response.OnCompleted(() =>
            {
                observation.Tell($"completed with {context.Response.StatusCode}");
                return Task.CompletedTask;
            });
            context.Response.RegisterForDispose(new Told(observation));
            return "done";
        }) with { Observed = 2 },
    ];

    private static Feature Named(string name, Delegate handler) => Feature.Of(name, handler) with { Pipeline = app => app.MapGet("/things/{id}", (int id) => id).WithName("thing") };

    private static Feature WithCookies(string name, Delegate handler) => Feature.Of(name, handler) with
    {
        Services = services => services.AddAuthentication("cookies").AddCookie("cookies", options =>
        {
            options.DataProtectionProvider = new EphemeralDataProtectionProvider();

            // Of an API: no redirect to a page, whose address would name the path that was asked for.
            options.Events.OnRedirectToLogin = Refuse(401);
            options.Events.OnRedirectToAccessDenied = Refuse(403);
        }),
        Pipeline = app => app.UseAuthentication(),
    };

    private static Func<RedirectContext<CookieAuthenticationOptions>, Task> Refuse(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    private sealed class Told(Observation observation) : IDisposable
    {
        public void Dispose() => observation.Tell("disposed");
    }

    private static async IAsyncEnumerable<int> Numbers()
    {
        for (var number = 0; number < 3; number++)
        {
            await Task.Yield();
            yield return number;
        }
    }

    private static ByteArrayContent Gzip(string text)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return new ByteArrayContent(output.ToArray()) { Headers = { ContentType = new("application/json"), ContentEncoding = { "gzip" } } };
    }

    private static string WriteFile()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "differential.txt");
        File.WriteAllText(path, "0123456789");
        File.SetLastWriteTimeUtc(path, Modified.UtcDateTime);
        return path;
    }
}
