using Microsoft.AspNetCore.Http;

namespace Payments.Api;

/// <summary>A route and what answers it.</summary>
/// <param name="Name">The route's name, unique: a function has it as its own.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Template">The path, with its leading slash left out.</param>
/// <param name="AnswerAsync">The method of the API that answers.</param>
public sealed record PaymentsRoute(string Name, string Method, string Template, Func<PaymentsApi, HttpRequest, CancellationToken, Task<IResult>> AnswerAsync);
