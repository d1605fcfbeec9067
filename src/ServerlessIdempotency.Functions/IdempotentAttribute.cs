using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.Functions;

/// <summary>
/// An HTTP or Service Bus function that is executed once for each key. Its result is stored and replayed; a message is settled by what became of it. What is set wrongly
/// stops the app at its start. A function that needs more (rows that commit with the result, outbox messages) takes <c>IdempotentHttp</c> or <c>IdempotencyEngine</c> instead.
/// </summary>
/// <remarks>
/// An HTTP function returns <c>IResult</c> or <c>IActionResult</c>, and POST and PATCH count. A Service Bus function takes one <c>ServiceBusReceivedMessage</c>, has
/// <c>AutoCompleteMessages = false</c>, does not settle by itself, and returns nothing or a <c>MessageOutcome</c> (package <c>ServerlessIdempotency.Functions.ServiceBus</c>).
/// One with <c>IsBatched = true</c> takes a <c>ServiceBusReceivedMessage[]</c> and returns the <c>MessageBatchOutcome</c> of <c>context.GetMessageBatch().ApplyAsync(…)</c>.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IdempotentAttribute : Attribute
{
    /// <summary>HTTP: the header that carries the key. Default <c>Idempotency-Key</c>.</summary>
    public string? KeyHeader { get; set; }

    /// <summary>
    /// The place of the key in a JSON body: a singular query of RFC 9535, such as <c>$.order.id</c> or <c>$['order'][0]</c>. What it finds is a string or a number. Default: none.
    /// </summary>
    public string? KeyBodyPath { get; set; }

    /// <summary>
    /// Messages: the application property that carries the key. Default: none, and the key is the event's own identity, as the inbox knows it: CloudEvents source and id, else
    /// the property <c>InboxOptions.EventIdProperty</c>, else the MessageId.
    /// </summary>
    public string? KeyProperty { get; set; }

    /// <summary>
    /// The operation's name in the key's scope. Functions that one operation reaches by several channels share a name. Default: for HTTP method and path, for messages the
    /// function's name.
    /// </summary>
    public string? Operation { get; set; }

    /// <summary>Messages: the application property that names the principal whose key it is. Default: none, since the consumer's name is scope enough.</summary>
    public string? PrincipalProperty { get; set; }

    /// <summary>HTTP: whether a request without a key is refused with 400. Default: as <c>HttpIdempotencyOptions.RequireKey</c> says. Messages always need one.</summary>
    public bool RequireKey { get; set; }

    /// <summary>The lease, as <c>hh:mm:ss</c>; range 1 s to 1 h, at most host.json's <c>functionTimeout</c>. Default <see cref="IdempotencyOptions.Lease"/>.</summary>
    public string? Lease { get; set; }

    /// <summary>What the next attempt may do when an execution ended without an answer. Default <see cref="CrashPolicy.Rerun"/>.</summary>
    public CrashPolicy CrashPolicy { get; set; }

    /// <summary>The <see cref="IOperationProbe"/> of <see cref="CrashPolicy.Probe"/>, taken from the function's services or made with them. Default none.</summary>
    public Type? ProbeType { get; set; }

    /// <summary>
    /// How long one execution may take, as <c>hh:mm:ss</c>; range 1 s to 1 day, shorter than host.json's <c>functionTimeout</c>. Then its token is cancelled. Default
    /// <see cref="IdempotencyOptions.MaxExecution"/>.
    /// </summary>
    public string? MaxExecution { get; set; }

    /// <summary>
    /// How long the result is replayed or a duplicate known, as <c>d.hh:mm:ss</c>; range 1 min to 400 days, longer than lease and <c>functionTimeout</c>. Default: for HTTP
    /// <see cref="IdempotencyOptions.Retention"/>, for messages <c>InboxOptions.Retention</c>.
    /// </summary>
    public string? Retention { get; set; }

    /// <summary>
    /// Messages in batches: how long one message of a batch takes at most, on an average, as <c>hh:mm:ss.fff</c>. The app does not start where a full batch (host.json's
    /// <c>maxMessageBatchSize</c>) would outlast three quarters of the lock, which nobody renews. Default 50 ms.
    /// </summary>
    public string? MessageTime { get; set; }
}
