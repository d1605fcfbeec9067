using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ServiceBusExtension.Settling;

namespace FunctionsHost;

/// <summary>Settles what a function was given, by the receiver that holds its lock.</summary>
internal sealed class SettlementService(HeldMessages messages) : Settlement.SettlementBase
{
    public override Task<Empty> Complete(CompleteRequest request, ServerCallContext context) =>
        SettleAsync(request.Locktoken, "complete", held => held.CompleteAsync());

    public override Task<Empty> Abandon(AbandonRequest request, ServerCallContext context) =>
        SettleAsync(request.Locktoken, "abandon", held => held.AbandonAsync());

    public override Task<Empty> Deadletter(DeadletterRequest request, ServerCallContext context) => SettleAsync(
        request.Locktoken, $"dead-letter {request.DeadletterReason}", held => held.DeadLetterAsync(request.DeadletterReason, request.DeadletterErrorDescription));

    public override async Task<Empty> RenewMessageLock(RenewMessageLockRequest request, ServerCallContext context)
    {
        await Find(request.Locktoken).RenewAsync();
        return new Empty();
    }

    public override Task<Empty> ReleaseSession(ReleaseSessionRequest request, ServerCallContext context) =>
        !messages.ToRefuse.TryRemove(request.SessionId, out _) && messages.IsReleased.TryUpdate(request.SessionId, newValue: true, comparisonValue: false)
            ? Task.FromResult(new Empty())
            : throw new RpcException(new Status(StatusCode.FailedPrecondition, $"SessionId {request.SessionId} not found."));

    private HeldMessage Find(string lockToken) => messages.Find(lockToken) ?? throw new RpcException(new Status(StatusCode.NotFound, "The message is not held any more."));

    private async Task<Empty> SettleAsync(string lockToken, string settlement, Func<HeldMessage, Task> settle)
    {
        var held = Find(lockToken);
        if (messages.ToRefuse.TryRemove(held.Message.MessageId, out _))
        {
            messages.Settled.Enqueue(new SettledMessage(held.Message.MessageId, held.Message.DeliveryCount, $"refused {settlement}", held.Age));
            throw new RpcException(new Status(StatusCode.Unknown, "The message's lock was lost."));
        }

        var age = held.Age;
        held.IsSettled = true;
        await settle(held);
        messages.Settled.Enqueue(new SettledMessage(held.Message.MessageId, held.Message.DeliveryCount, settlement, age));
        return new Empty();
    }
}
