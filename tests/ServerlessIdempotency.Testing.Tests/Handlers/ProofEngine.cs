using Microsoft.Extensions.Logging.Abstractions;
using ServerlessIdempotency.Administration;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>The library's parts as a process of a proof starts them, without a container.</summary>
internal static class ProofEngine
{
    /// <param name="process">The process.</param>
    /// <param name="store">Another store than the process's own, such as one that makes a mistake.</param>
    public static IdempotencyEngine StartEngine(this ProofProcess process, IRowStore? store = null) =>
        new(process.StartWriter(store), new IdempotencyOptions(), process.Clock, NullLogger<IdempotencyEngine>.Instance);

    public static RowWriter StartWriter(this ProofProcess process, IRowStore? store = null) => new(store ?? process.Store, new RowWriterOptions(), process.Clock);

    public static MessageInbox StartInbox(this ProofProcess process, IdempotencyEngine engine) =>
        new(process.StartWriter(), engine, new InboxOptions(), process.Clock, NullLogger<MessageInbox>.Instance);

    public static IdempotencyAdministration StartAdministration(this ProofProcess process) => new(process.StartWriter(), new IdempotencyOptions(), process.Clock);
}
