using System.Globalization;
using ServerlessIdempotency.AspNetCore.Endpoints;
using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.AspNetCore;

/// <summary>
/// A controller or an action whose POST and PATCH requests are executed once for each idempotency key; the answer is stored and replayed. Authorization filters run before, at
/// every request; model binding, action filters, the action and its result run once. An action's own attribute counts over its controller's.
/// </summary>
/// <remarks>What is set wrongly stops the app at its start. For minimal APIs and for all controllers at once say <c>RequireIdempotencyKey()</c>.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class IdempotentAttribute : Attribute, IIdempotencyMetadata
{
    private bool? _requireKey;
    private CrashPolicy? _crashPolicy;

    /// <summary>Whether a request without a key is refused with 400. Default: as <see cref="HttpIdempotencyOptions.RequireKey"/> says.</summary>
    public bool RequireKey
    {
        get => _requireKey ?? false;
        set => _requireKey = value;
    }

    /// <summary>The header that carries the key. Default: <see cref="HttpIdempotencyOptions.KeyHeader"/>.</summary>
    public string? KeyHeader { get; set; }

    /// <summary>The field of a JSON body that may carry the key instead, such as <c>$.idempotencyKey</c>. Default: <see cref="HttpIdempotencyOptions.KeyField"/>.</summary>
    public string? KeyField { get; set; }

    /// <summary>The operation's name; see <see cref="HttpOperation.Name"/>. Default: method and route.</summary>
    public string? Operation { get; set; }

    /// <summary>The lease, as <c>hh:mm:ss</c>; range 1 s to 1 h. Default <see cref="IdempotencyOptions.Lease"/>.</summary>
    public string? Lease { get; set; }

    /// <summary>How long one execution may take, as <c>hh:mm:ss</c>; range 1 s to 1 day. Default <see cref="IdempotencyOptions.MaxExecution"/>.</summary>
    public string? MaxExecution { get; set; }

    /// <summary>What the next attempt may do when an execution ended without an answer. Default: as the controller or its group says, else <see cref="CrashPolicy.Rerun"/>.</summary>
    public CrashPolicy CrashPolicy
    {
        get => _crashPolicy ?? CrashPolicy.Rerun;
        set => _crashPolicy = value;
    }

    /// <summary>The <see cref="IOperationProbe"/> of <see cref="CrashPolicy.Probe"/>, taken from the request's services or made with them. Default none.</summary>
    public Type? ProbeType { get; set; }

    /// <summary>How long the answer is replayed, as <c>d.hh:mm:ss</c>; range 1 min to 400 days. Default <see cref="IdempotencyOptions.Retention"/>.</summary>
    public string? Retention { get; set; }

    void IIdempotencyMetadata.Configure(HttpIdempotencyOptions options)
    {
        options.RequireKey = _requireKey ?? options.RequireKey;
        options.KeyHeader = KeyHeader ?? options.KeyHeader;
        options.KeyField = KeyField ?? options.KeyField;
    }

    HttpOperation IIdempotencyMetadata.Declare(HttpOperation operation) => operation with
    {
        Name = Operation ?? operation.Name,

        // What is said here is in the options.
        RequireKey = _requireKey is null ? operation.RequireKey : null,
        KeyHeader = KeyHeader is null ? operation.KeyHeader : null,
        KeyPath = KeyField is null ? operation.KeyPath : null,
        Lease = Parse(nameof(Lease), Lease, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)) ?? operation.Lease,
        MaxExecution = Parse(nameof(MaxExecution), MaxExecution, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)) ?? operation.MaxExecution,
        CrashPolicy = _crashPolicy ?? (ProbeType is null ? operation.CrashPolicy : null),

        // A probe belongs to its policy: both are said here, or both come from before.
        Probe = _crashPolicy is null && ProbeType is null ? operation.Probe : null,
        ProbeType = _crashPolicy is null && ProbeType is null ? operation.ProbeType : ProbeType,
        Retention = Parse(nameof(Retention), Retention, TimeSpan.FromMinutes(1), TimeSpan.FromDays(400)) ?? operation.Retention,
    };

    private static TimeSpan? Parse(string name, string? text, TimeSpan least, TimeSpan most) => text switch
    {
        null => null,
        _ when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time >= least && time <= most => time,
        _ => throw new ArgumentException($"[Idempotent({name} = \"{text}\")] is wrong: write a time from {least} to {most}, such as 00:01:00."),
    };
}
