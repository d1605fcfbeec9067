using Payments.Creating;
using Payments.State;
using ServerlessIdempotency.Execution;

namespace Payments.Undecided;

/// <summary>
/// Makes a payment for a caller who may not come again: where the gateway gives no clear answer, that is noted before the caller is told. An order notes its own charge, in its saga.
/// </summary>
internal sealed class PaymentCreation(CreatePaymentHandler create, UndecidedPayments undecided)
{
    public async Task<HandlerOutcome<PaymentResult>> ExecuteAsync(CreatePaymentCommand command, OperationContext context, CancellationToken cancellationToken)
    {
        HandlerOutcome<PaymentResult> outcome;
        try
        {
            outcome = await create.ExecuteAsync(command, context, cancellationToken);
        }
        catch (Exception exception)
        {
            // Whatever ended it, the charge may stand. The handler's token may be what did.
            await undecided.NoteAsync(UndecidedPayment.Of(command, context, $"An attempt ended with {exception.GetType().Name}."), CancellationToken.None);
            throw;
        }

        if (outcome is HandlerOutcome<PaymentResult>.Failed { Value: PaymentResult.Unclear unclear })
        {
            await undecided.NoteAsync(UndecidedPayment.Of(command, context, unclear.Reason), cancellationToken);
        }

        return outcome;
    }
}
