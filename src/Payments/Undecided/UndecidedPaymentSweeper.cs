using Microsoft.Extensions.Logging;
using Payments.Creating;
using Payments.Refunding;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Rows;

namespace Payments.Undecided;

/// <summary>
/// Looks again at undecided payments, and at refunds that are pending: asks the gateway, and commits what it says, as the caller's own retry would. It never charges: a caller who was told that nobody knows may have
/// paid elsewhere since.
/// </summary>
public sealed class UndecidedPaymentSweeper
{
    // One run has an end, also where the gateway is away for thousands of payments.
    private const int MaxLooks = 200;
    private const int MaxUnreachable = 3;

    // By then it is undecided for a quarter of an hour where a timer runs every five minutes: a gateway's bad moment is over.
    private const int AlertedLook = 3;

    private readonly UndecidedPayments _undecided;
    private readonly UndecidedPaymentOperation _operation;
    private readonly ChargeInquiry _inquiry;
    private readonly PendingRefundSweeper _refunds;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<UndecidedPaymentSweeper> _logger;

    internal UndecidedPaymentSweeper(
        UndecidedPayments undecided, UndecidedPaymentOperation operation, ChargeInquiry inquiry, PendingRefundSweeper refunds, TimeProvider timeProvider, ILogger<UndecidedPaymentSweeper> logger)
    {
        _undecided = undecided;
        _operation = operation;
        _inquiry = inquiry;
        _refunds = refunds;
        _timeProvider = timeProvider;
        _logger = logger;
    }

    /// <summary>Looks once at each payment and each refund that is due.</summary>
    /// <param name="cancellationToken">Stops before the next one.</param>
    /// <returns>How many payments are decided by now.</returns>
    /// <exception cref="StoreUnavailableException">The store did not answer; the next run goes on.</exception>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var (looks, unreachable, decided) = (0, 0, 0);
        await foreach (var (payment, etag) in _undecided.ListAsync(merchant: null, cancellationToken))
        {
            if (payment.LookAt > _timeProvider.GetUtcNow())
            {
                continue;
            }

            if (looks++ == MaxLooks || unreachable == MaxUnreachable)
            {
                break;
            }

            switch (await LookAsync(payment, cancellationToken))
            {
                case ChargeFinding.Answered:
                    await _undecided.RemoveAsync(payment, etag, cancellationToken);
                    decided++;
                    break;
                case { } finding:
                    await PutOffAsync(payment, etag, ReasonOf(finding), cancellationToken);
                    unreachable += finding is ChargeFinding.Unreachable ? 1 : 0;
                    break;
            }
        }

        await _refunds.SweepAsync(cancellationToken);
        return decided;
    }

    /// <returns>Null where an attempt is under way, whose own answer is waited for.</returns>
    private async Task<ChargeFinding?> LookAsync(UndecidedPayment payment, CancellationToken cancellationToken)
    {
        try
        {
            return await _operation.ExecuteAsync(payment, (context, token) => _inquiry.AskAsync(payment.Command, context, token), gone: new ChargeFinding.NoRecord(), cancellationToken) switch
            {
                ExecutionOutcome<ChargeFinding>.Executed executed => executed.Value,
                ExecutionOutcome<ChargeFinding>.Replayed replayed => new ChargeFinding.Answered(State.PaymentResult.Of(replayed.Result)),
                ExecutionOutcome<ChargeFinding>.NotStored { Value: ChargeFinding.Answered { Result: State.PaymentResult.Unclear unclear } } => new ChargeFinding.Unreachable(unclear.Reason),
                ExecutionOutcome<ChargeFinding>.NotStored { Value: not ChargeFinding.Answered } notStored => notStored.Value,
                ExecutionOutcome<ChargeFinding>.InProgress or ExecutionOutcome<ChargeFinding>.Contended => null,
                ExecutionOutcome<ChargeFinding>.Unavailable { Cause: StoreUnavailableException } unavailable => throw new StoreUnavailableException(unavailable.Cause.Message, unavailable.Cause),
                ExecutionOutcome<ChargeFinding>.Mismatch => new ChargeFinding.NoRecord(),
                var other => new ChargeFinding.Unreachable($"The look ended as {other.GetType().Name}."),
            };
        }
        catch (Exception exception) when (exception is not (StoreUnavailableException or OperationCanceledException))
        {
            // One that can't be looked at hides no other.
            _logger.UndecidedPaymentUnreadable(payment.Id.Value, exception);
            return new ChargeFinding.Unreachable(exception.Message);
        }
    }

    private async Task PutOffAsync(UndecidedPayment payment, string etag, string reason, CancellationToken cancellationToken)
    {
        var later = payment.Later(reason, _timeProvider.GetUtcNow());
        await _undecided.PutOffAsync(later, etag, cancellationToken);
        if (later.Looks == AlertedLook)
        {
            _logger.PaymentUndecided(payment.Id.Value, payment.Merchant.Value, payment.Since, reason);
        }
    }

    private static string ReasonOf(ChargeFinding finding) => finding switch
    {
        ChargeFinding.NoCharge => "The payment gateway knows of no charge; the caller's own retry would make it.",
        ChargeFinding.Undecided => "The payment gateway has not decided yet.",
        ChargeFinding.Unreachable unreachable => unreachable.Reason,
        ChargeFinding.NoRecord => UndecidedPaymentDecisions.Gone,
        _ => throw new NotSupportedException($"There is no reason in {finding.GetType().Name}."),
    };
}
