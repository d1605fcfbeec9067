using Payments.Gateway;
using Payments.Problems;
using Payments.State;
using ServerlessIdempotency.Execution;

namespace Payments.Creating;

/// <summary>
/// Finds out about a charge whose outcome nobody knows, without charging. It runs inside the payment's own operation, since the charge's key at the gateway is known there only.
/// </summary>
internal sealed class ChargeInquiry(IPaymentGateway gateway, CreatePaymentHandler create, PaymentProblems problems)
{
    /// <summary>Asks whether the charge was made. Where the gateway has an answer, it is the payment's.</summary>
    public Task<HandlerOutcome<ChargeFinding>> AskAsync(CreatePaymentCommand command, OperationContext context, CancellationToken cancellationToken) =>
        AskAsync(command, context, _ => HandlerOutcome.Failed<ChargeFinding>(new ChargeFinding.Undecided()), cancellationToken);

    /// <summary>The same, on the word of a person who knows that a charge stands which the gateway has not decided about. One that the gateway does not know at all is none.</summary>
    public Task<HandlerOutcome<ChargeFinding>> ConfirmAsync(CreatePaymentCommand command, OperationContext context, CancellationToken cancellationToken) =>
        AskAsync(command, context, pending => create.Charged(command, context, pending).Select<ChargeFinding>(result => new ChargeFinding.Answered(result)), cancellationToken);

    /// <summary>Ends all charging under the payment's key: from then on there is a payment, or there never will be one.</summary>
    /// <remarks>The record alone does not do: a process that stalled beyond its lease, its call to the gateway under way, asks no record before it charges.</remarks>
    public async Task<HandlerOutcome<PaymentResult>> PreventAsync(CreatePaymentCommand command, OperationContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await gateway.PreventAsync(CreatePaymentHandler.ChargeOf(command, context), cancellationToken) is PreventOutcome.Charged
                ? await create.ExecuteAsync(command, context, cancellationToken)
                : problems.Cancelled().Commit();
        }
        catch (GatewayUnavailableException exception)
        {
            return HandlerOutcome.Failed(problems.GatewayUnavailable(exception.Message));
        }
    }

    private async Task<HandlerOutcome<ChargeFinding>> AskAsync(
        CreatePaymentCommand command, OperationContext context, Func<GatewayCharge, HandlerOutcome<ChargeFinding>> undecided, CancellationToken cancellationToken)
    {
        try
        {
            return await gateway.FindAsync(command.AccountId, CreatePaymentHandler.ChargeOf(command, context).Key, cancellationToken) switch
            {
                null => HandlerOutcome.Failed<ChargeFinding>(new ChargeFinding.NoCharge()),
                { Status: GatewayChargeStatus.Pending } pending => undecided(pending),
                _ => (await create.ExecuteAsync(command, context, cancellationToken)).Select<ChargeFinding>(result => new ChargeFinding.Answered(result)),
            };
        }
        catch (GatewayUnavailableException exception)
        {
            return HandlerOutcome.Failed<ChargeFinding>(new ChargeFinding.Unreachable(exception.Message));
        }
    }
}
