using Azure.Messaging.ServiceBus;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ServiceBusExtension.Settling;

namespace Payments.Functions.Host.Tests.Host;

/// <summary>Settles what a function was given, by the receiver that holds its lock.</summary>
internal sealed class SettlementService(HeldMessages held) : Settlement.SettlementBase
{
    public override Task<Empty> Complete(CompleteRequest request, ServerCallContext context) =>
        SettleAsync(request.Locktoken, "complete", (message, args) => args.CompleteMessageAsync(message));

    public override Task<Empty> Abandon(AbandonRequest request, ServerCallContext context) =>
        SettleAsync(request.Locktoken, "abandon", (message, args) => args.AbandonMessageAsync(message));

    public override Task<Empty> Deadletter(DeadletterRequest request, ServerCallContext context) => SettleAsync(
        request.Locktoken, $"dead-letter {request.DeadletterReason}", (message, args) => args.DeadLetterMessageAsync(message, request.DeadletterReason, request.DeadletterErrorDescription));

    private async Task<Empty> SettleAsync(string lockToken, string settlement, Func<ServiceBusReceivedMessage, ProcessSessionMessageEventArgs, Task> settle)
    {
        var args = held.Find(lockToken) ?? throw new RpcException(new Status(StatusCode.NotFound, "The message is not held any more."));
        await settle(args.Message, args);
        held.Settled.Enqueue(new SettledMessage(args.Message.MessageId, args.Message.DeliveryCount, settlement, DateTimeOffset.UtcNow));
        return new Empty();
    }
}
