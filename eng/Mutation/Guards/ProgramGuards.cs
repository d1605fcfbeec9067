namespace Mutation.Guards;

/// <summary>The function app as a program: what only a worker that really runs can show.</summary>
internal static class ProgramGuards
{
    /// <summary>The settings that the app shares with its host.</summary>
    public const string HostSettings = "host.json";

    private const string Program = "src/Payments.Functions/Program.cs";
    private const string Queues = "src/Payments.Functions/Queues/QueueFunctions.cs";

    public static IReadOnlyList<Guard> All { get; } =
    [
        new(11, "function app: it serves HTTP by ASP.NET Core", Program, "builder.ConfigureFunctionsWebApplication();", ""),
        new(11, "function app: its middleware stands behind the web application's", Program, "builder.ConfigureFunctionsWebApplication(); // Each stands around the ones after it: first what turns a failure into an answer, then what sends the messages that the function committed. builder.UseMiddleware<ProblemMiddleware>();", "builder.UseMiddleware<ProblemMiddleware>(); builder.ConfigureFunctionsWebApplication();"),
        new(11, "function app: its routes have no prefix but their own", HostSettings, "\"routePrefix\": \"\"", "\"routePrefix\": \"api\""),
        new(11, "function app: a failure has a body", Program, "builder.UseMiddleware<ProblemMiddleware>();", ""),
        new(9, "function app: it has a bus", Program, ".AddPaymentsServiceBus(builder.Configuration)", ""),
        new(10, "function app: a key is whose function key was sent", Program, "builder.UseIdempotency(options => builder.Configuration.GetSection(\"Idempotency:Functions\").Bind(options));", ""),
        new(9, "function app: a message that is done is completed", Queues, "case Settlement.Complete: await actions.CompleteMessageAsync(message, CancellationToken.None);", "case Settlement.Complete:"),
        new(9, "function app: a message that can't be processed is dead-lettered", Queues, "await actions.DeadLetterMessageAsync(message, propertiesToModify: null, letter.Reason, letter.Description, CancellationToken.None);", "await actions.CompleteMessageAsync(message, CancellationToken.None);"),
        new(9, "function app: a message that failed comes again", Queues, "default: await actions.AbandonMessageAsync(message, cancellationToken: CancellationToken.None);", "default: await actions.CompleteMessageAsync(message, CancellationToken.None);"),
    ];
}
