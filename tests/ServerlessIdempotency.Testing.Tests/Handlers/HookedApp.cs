using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>An endpoint whose answer has a token in it that must not be stored, and a link that is made anew for each replay.</summary>
internal sealed class HookedApp
{
    private const string Secret = "s3cret";
    private const string Public = "ch_1";

    private readonly ProofProcess _process;
    private readonly IdempotentHttp _http;

    /// <param name="process">The process.</param>
    /// <param name="redactsOnReplayOnly">A mistake: what is stored is the whole answer.</param>
    public HookedApp(ProofProcess process, bool redactsOnReplayOnly = false)
    {
        _process = process;
        var options = new HttpIdempotencyOptions
        {
            Redact = redactsOnReplayOnly ? null : (_, answer) => WithoutSecret(answer),
            OnReplay = (_, answer) => ValueTask.FromResult(Linked(redactsOnReplayOnly ? WithoutSecret(answer) : answer)),
        };
        _http = new IdempotentHttp(process.StartEngine(), Options.Create(options), NullLogger<IdempotentHttp>.Instance);
    }

    public async Task<ProofAnswer> CreateAsync()
    {
        var context = new DefaultHttpContext { Request = { Method = HttpMethods.Post, Path = "/tokens" } };
        context.Request.Headers["Idempotency-Key"] = "k-1";
        var body = new MemoryStream();
        context.Response.Body = body;
        var operation = new HttpOperation { Name = "token.create", RequireKey = true, Placement = _ => RecordPlacement.InPartition(EngineApp.Partition) };
        await (await _http.ExecuteAsync(context.Request, operation, HandleAsync, default)).ExecuteAsync(context);
        var (status, headers, text) = (context.Response.StatusCode, context.Response.Headers, Encoding.UTF8.GetString(body.ToArray()));
        if (status is 503 or 500 or 409)
        {
            return new ProofAnswer.TryAgain($"{status}", int.TryParse(headers.RetryAfter, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null);
        }

        // Who executed gets the token and no link, who replays the link and no token. For both the charge is the same.
        var isReplay = headers.ContainsKey("Idempotency-Replayed");
        var seen = _process.Shared(() => new Seen());
        seen.Replays += isReplay ? 1 : 0;
        var isRight = isReplay ? text == Public + " at /link" : text == Public + " " + Secret;
        return new ProofAnswer.Final(isRight ? $"{status} {Public}" : $"{status} {text} {(isReplay ? "replayed" : "executed")}");
    }

    public static int ReplaysIn(ProofEnd end) => end.Shared(() => new Seen()).Replays;

    /// <summary>The token is in no row of the store.</summary>
    public static async Task<string?> StoresNoTokenAsync(ProofEnd end)
    {
        var rows = await end.ListAsync(EngineApp.Partition);
        return rows.FirstOrDefault(row => row.Values.Values.Any(Tells)) is { } row ? $"The token is stored in {row.Address.RowKey[..5]}." : null;
    }

    internal static bool Tells(object value) => value switch
    {
        byte[] bytes => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)) >= 0,
        string text => text.Contains(Secret, StringComparison.Ordinal),
        _ => false,
    };

    private async Task<HandlerOutcome<OperationResult>> HandleAsync(OperationContext context, CancellationToken cancellationToken)
    {
        var charge = await _process.Outside.CallAsync("charge", context.StableKey("charge"), () => Public, cancellationToken);
        return HandlerOutcome.Completed(new OperationResult(201, [], Encoding.UTF8.GetBytes($"{charge} {Secret}")));
    }

    private static OperationResult WithoutSecret(OperationResult answer) => answer with { Body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(answer.Body.Span).Replace(" " + Secret, "", StringComparison.Ordinal)) };

    private static OperationResult Linked(OperationResult answer) => answer with { Body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(answer.Body.Span) + " at /link") };

    private sealed class Seen
    {
        public int Replays { get; set; }
    }
}
