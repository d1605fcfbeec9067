using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using Policy = ServerlessIdempotency.Execution.CrashPolicy;

namespace ServerlessIdempotency.AspNetCore;

/// <summary>What an endpoint or a function says about its operation. Everything has a default.</summary>
public sealed record HttpOperation
{
    /// <summary>Nothing said: every default holds.</summary>
    public static HttpOperation Default { get; } = new();

    /// <summary>
    /// The operation's name in its scope, with <see cref="Arguments"/>. Handlers that one operation reaches by several channels share a name. Default: HTTP method and route, with
    /// the values of the route's parameters as they were sent, whatever the letter case of its literals.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// What a named operation is about: with other arguments it is another operation, under the same key too. Default: the values of the route's parameters, in the route's order, so
    /// that <c>/accounts/1</c> and <c>/accounts/2</c> never meet under one name.
    /// </summary>
    public Func<HttpContext, IEnumerable<string>>? Arguments { get; init; }

    /// <summary>Who and what the key belongs to, as a whole. Default: <see cref="HttpIdempotencyOptions.Principal"/> with <see cref="Name"/>. Where it is set, neither counts.</summary>
    public OperationScope? Scope { get; init; }

    /// <summary>
    /// The fingerprint, from the request's body. Default: the operation, the query, and the body by what it means: JSON in UTF-8 in its canonical form, a form by its parts, else
    /// every byte with the content type. Set it where only some arguments make the operation. A body that <c>Fingerprint.FromJson</c> refuses is answered with 400.
    /// </summary>
    public Func<ReadOnlyMemory<byte>, Fingerprint>? Fingerprint { get; init; }

    /// <summary>
    /// Where the record lives. Default <see cref="RecordPlacement.Standalone"/>. It is given the key, so that a shard may come from it; every retry must arrive at the
    /// same place.
    /// </summary>
    public Func<IdempotencyKey, RecordPlacement>? Placement { get; init; }

    /// <summary>Whether the handler sends messages, so that the outbox is prepared beside the claim. Correct either way. Default false.</summary>
    public bool SendsMessages { get; init; }

    /// <summary>The header that carries the key. Default <see cref="HttpIdempotencyOptions.KeyHeader"/>.</summary>
    public string? KeyHeader { get; init; }

    /// <summary>The field of a JSON body that may carry the key instead, such as <c>$.idempotencyKey</c>. Default <see cref="HttpIdempotencyOptions.KeyField"/>.</summary>
    /// <exception cref="FormatException">It is no path to one value.</exception>
    public string? KeyField
    {
        get => KeyPath?.Text;
        init => KeyPath = value is null ? null : JsonKeyPath.Parse(value);
    }

    internal JsonKeyPath? KeyPath { get; init; }

    /// <summary>Whether a key is required. Default <see cref="HttpIdempotencyOptions.RequireKey"/>.</summary>
    public bool? RequireKey { get; init; }

    /// <summary>Whether this is known to be a retry. Default <see cref="HttpIdempotencyOptions.LikelyRetry"/>.</summary>
    public bool? LikelyRetry { get; init; }

    /// <summary>The lease of this operation. Default <see cref="IdempotencyOptions.Lease"/>, range 1 s to 1 h.</summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>How long one execution of this operation may take. Default <see cref="IdempotencyOptions.MaxExecution"/>, range 1 s to 1 day.</summary>
    public TimeSpan? MaxExecution { get; init; }

    /// <summary>What the next attempt may do when an execution ended without an answer. Default <see cref="Policy.Rerun"/>.</summary>
    public Policy? CrashPolicy { get; init; }

    /// <summary>Asks what became of such an execution, for <see cref="Policy.Probe"/>. Default: <see cref="ProbeType"/>.</summary>
    public Func<OperationContext, CancellationToken, Task<ProbeOutcome<HandlerOutcome<OperationResult>>>>? Probe { get; init; }

    /// <summary>The <see cref="IOperationProbe"/> that asks, taken from the request's services or made with them. Default none.</summary>
    public Type? ProbeType { get; init; }

    /// <summary>The retention of this operation. Default <see cref="IdempotencyOptions.Retention"/>, range 1 min to 400 days.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>What both say; where they differ, this counts. A probe goes with its policy.</summary>
    internal HttpOperation Over(HttpOperation outer)
    {
        var policy = CrashPolicy is not null || Probe is not null || ProbeType is not null ? this : outer;
        return new HttpOperation
        {
            Name = Name ?? outer.Name,
            Arguments = Arguments ?? outer.Arguments,
            Scope = Scope ?? outer.Scope,
            Fingerprint = Fingerprint ?? outer.Fingerprint,
            Placement = Placement ?? outer.Placement,
            SendsMessages = SendsMessages || outer.SendsMessages,
            KeyHeader = KeyHeader ?? outer.KeyHeader,
            KeyPath = KeyPath ?? outer.KeyPath,
            RequireKey = RequireKey ?? outer.RequireKey,
            LikelyRetry = LikelyRetry ?? outer.LikelyRetry,
            Lease = Lease ?? outer.Lease,
            MaxExecution = MaxExecution ?? outer.MaxExecution,
            CrashPolicy = policy.CrashPolicy,
            Probe = policy.Probe,
            ProbeType = policy.ProbeType,
            Retention = Retention ?? outer.Retention,
        };
    }

    /// <summary>What is wrong with it, for the app's start; null for nothing.</summary>
    internal string? Fault()
    {
        if (CrashPolicy == Policy.Probe != (Probe is not null || ProbeType is not null) || ProbeType?.IsAssignableTo(typeof(IOperationProbe)) is false)
        {
            return $"CrashPolicy = {CrashPolicy ?? Policy.Rerun} with {(Probe is not null ? "a Probe" : $"ProbeType = {ProbeType?.Name ?? "null"}")}: CrashPolicy.Probe needs a Probe, or a ProbeType that is an {nameof(IOperationProbe)}, and no other policy has one";
        }

        return Operation.TimeFault(Lease, MaxExecution, Retention) is var (name, value, least, most) ? $"{name} = {value}: set it between {least} and {most}, or leave it out" : null;
    }
}
