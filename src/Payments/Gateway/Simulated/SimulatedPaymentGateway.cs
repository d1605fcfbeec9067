using ServerlessIdempotency.Rows;

namespace Payments.Gateway.Simulated;

/// <summary>
/// A gateway that moves no money but behaves as one that does: it keeps its charges in a table of its own, written outside every commit of ours, and
/// outlives our crashes. What it charges is decided by test payment methods (<see cref="TestPaymentMethod"/>).
/// </summary>
internal sealed class SimulatedPaymentGateway(RowWriter writer, TimeProvider timeProvider) : IPaymentGateway, ISimulatedCharges
{
    private const string NotTaken = "The bank has not taken the refund yet.";

    public async Task<ChargeOutcome> ChargeAsync(ChargeRequest request, CancellationToken cancellationToken)
    {
        if (TestPaymentMethod.Parse(request.PaymentMethod) is not { } method)
        {
            return new ChargeOutcome.Invalid("paymentMethod", "No such payment method. The simulated gateway knows pm_ok, pm_declined, pm_slow_MS, pm_lost_reply, pm_unavailable, pm_unknown, pm_async_MS, pm_refund_async_MS and pm_refund_fails_MS.");
        }

        var reference = SimulatedReference.Of(request.AccountId, request.Key);
        if (await ReadAsync(reference, cancellationToken) is { } earlier)
        {
            return Recognise(earlier, request);
        }

        switch (method)
        {
            case TestPaymentMethod.Declines:
                return new ChargeOutcome.Declined("card_declined", "The card was declined.");
            case TestPaymentMethod.Unavailable when await IsFirstAttemptAsync(reference):
                throw new GatewayUnavailableException("The payment gateway is unavailable; it charged nothing.");
            case TestPaymentMethod.Slow slow:
                await Task.Delay(slow.Delay / 2, timeProvider, cancellationToken);
                var answer = await InsertAsync(reference, request, Status(request));
                await Task.Delay(slow.Delay - (slow.Delay / 2), timeProvider, cancellationToken);
                return answer.Outcome;
            case TestPaymentMethod.StaysUnknown:
                return (await InsertAsync(reference, request, GatewayChargeStatus.Pending)).Outcome;
            case TestPaymentMethod.DecidesLater later:
                return (await InsertAsync(reference, request, GatewayChargeStatus.Pending, timeProvider.GetUtcNow() + later.Delay)).Outcome;
            case TestPaymentMethod.RefundsLater refunds:
                return (await InsertAsync(reference, request, Status(request), refunds: refunds)).Outcome;
            default:
                var (outcome, isFirst) = await InsertAsync(reference, request, Status(request));
                return isFirst && method is TestPaymentMethod.LosesReply
                    ? throw new GatewayUnavailableException("The payment gateway's reply was lost.")
                    : outcome;
        }
    }

    public async Task<PreventOutcome> PreventAsync(ChargeRequest request, CancellationToken cancellationToken)
    {
        var reference = SimulatedReference.Of(request.AccountId, request.Key);
        while (true)
        {
            // Where the charge's row would be: whichever of the two is written first keeps the other out.
            var tombstone = SimulatedCharge.ToTombstone(timeProvider.GetUtcNow());
            var row = await ReadAsync(reference, cancellationToken);
            if (row is not null && SimulatedCharge.IsTombstone(row))
            {
                return new PreventOutcome.Prevented();
            }

            if (row is not null && SimulatedCharge.ToCharge(row) is { Status: not GatewayChargeStatus.Pending } charge)
            {
                return new PreventOutcome.Charged(charge);
            }

            var write = row is null ? RowWrite.Insert(reference.RowKey, tombstone) : RowWrite.Replace(reference.RowKey, tombstone, row.ETag);
            if (await WriteAsync(reference, write) is CommitOutcome.Written)
            {
                return new PreventOutcome.Prevented();
            }
        }
    }

    public async Task<GatewayCharge?> FindAsync(string accountId, string key, CancellationToken cancellationToken) =>
        await ReadAsync(SimulatedReference.Of(accountId, key), cancellationToken) is { } row && !SimulatedCharge.IsTombstone(row) ? SimulatedCharge.ToCharge(row) : null;

    public Task<TransitionOutcome> CaptureAsync(string reference, string key, CancellationToken cancellationToken) =>
        MoveAsync(reference, GatewayChargeStatus.Authorized, GatewayChargeStatus.Captured, cancellationToken);

    public Task<TransitionOutcome> RefundAsync(string reference, string key, CancellationToken cancellationToken) =>
        MoveAsync(reference, GatewayChargeStatus.Captured, GatewayChargeStatus.Refunded, cancellationToken);

    public async Task<TransitionOutcome> FindRefundAsync(string reference, CancellationToken cancellationToken) =>
        SimulatedReference.TryParse(reference, out var name) && await ReadAsync(name, cancellationToken) is { } row && !SimulatedCharge.IsTombstone(row)
            ? SimulatedCharge.ToCharge(row).Status switch
            {
                GatewayChargeStatus.Refunded => new TransitionOutcome.Done(),
                GatewayChargeStatus.Refunding => new TransitionOutcome.Pending(NotTaken),
                _ => new TransitionOutcome.Refused("The bank gave the refund back."),
            }
            : new TransitionOutcome.Refused($"There is no charge {reference}.");

    public Task<TransitionOutcome> VoidAsync(string reference, string key, CancellationToken cancellationToken) =>
        MoveAsync(reference, GatewayChargeStatus.Authorized, GatewayChargeStatus.Voided, cancellationToken);

    public async Task<IReadOnlyList<GatewayCharge>> ListAsync(string accountId, CancellationToken cancellationToken)
    {
        var charges = new List<GatewayCharge>();
        var partition = SimulatedReference.Of(accountId, "any").Partition;
        await foreach (var row in writer.Store.QueryAsync(new RowQuery(partition, SimulatedCharge.KeyPrefix), cancellationToken))
        {
            if (!SimulatedCharge.IsTombstone(row))
            {
                charges.Add(SimulatedCharge.DecidedBy(row, timeProvider.GetUtcNow()) ?? SimulatedCharge.ToCharge(row));
            }
        }

        // The partition is named by a short hash, which two accounts may share.
        return [.. charges.Where(charge => charge.AccountId == accountId).OrderBy(charge => charge.CreatedAt)];
    }

    // A remote party does not stop half-way because its caller went: what it has begun to write, it writes.
    private async Task<(ChargeOutcome Outcome, bool IsFirst)> InsertAsync(
        SimulatedReference reference, ChargeRequest request, GatewayChargeStatus status, DateTimeOffset? decidesAt = null, TestPaymentMethod.RefundsLater? refunds = null)
    {
        var charge = new GatewayCharge(
            reference.ToString(),
            request.Key,
            request.AccountId,
            request.Amount,
            request.Currency,
            status,
            timeProvider.GetUtcNow());
        var insert = (decidesAt, refunds) switch
        {
            ({ } from, _) => SimulatedCharge.ToInsert(reference, charge, Status(request), from),
            (_, { } later) => SimulatedCharge.ToInsert(reference, charge, later),
            _ => SimulatedCharge.ToInsert(reference, charge),
        };
        return await WriteAsync(reference, insert) switch
        {
            CommitOutcome.Refused { Current: { } current } => (Recognise(current, request), false),
            CommitOutcome.Written when status == GatewayChargeStatus.Pending => throw Undecided(),
            CommitOutcome.Written => (new ChargeOutcome.Charged(charge), true),
            _ => throw new GatewayUnavailableException("The simulated gateway could not tell what became of the charge."),
        };
    }

    private async Task<bool> IsFirstAttemptAsync(SimulatedReference reference) =>
        await WriteAsync(reference, RowWrite.Insert(reference.AttemptRowKey, new Dictionary<string, object> { ["At"] = timeProvider.GetUtcNow() })) is CommitOutcome.Written;

    private async Task<TransitionOutcome> MoveAsync(string name, GatewayChargeStatus from, GatewayChargeStatus to, CancellationToken cancellationToken)
    {
        if (!SimulatedReference.TryParse(name, out var reference))
        {
            return new TransitionOutcome.Refused($"There is no charge {name}.");
        }

        while (true)
        {
            if (await ReadAsync(reference, cancellationToken) is not { } row)
            {
                return new TransitionOutcome.Refused($"There is no charge {name}.");
            }

            if (SimulatedCharge.IsTombstone(row))
            {
                return new TransitionOutcome.Refused($"The charge {name} was prevented.");
            }

            var charge = SimulatedCharge.ToCharge(row);
            if (charge.Status == to)
            {
                return new TransitionOutcome.Done();
            }

            if (charge.Status == GatewayChargeStatus.Refunding && to == GatewayChargeStatus.Refunded)
            {
                return new TransitionOutcome.Pending(NotTaken);
            }

            if (charge.Status != from)
            {
                return new TransitionOutcome.Refused($"The charge is {charge.Status.ToString().ToLowerInvariant()}.");
            }

            var begun = to == GatewayChargeStatus.Refunded ? SimulatedCharge.ToRefunding(reference, row, timeProvider.GetUtcNow()) : null;
            if (await WriteAsync(reference, begun ?? SimulatedCharge.ToReplace(reference, charge with { Status = to }, row.ETag)) is CommitOutcome.Written)
            {
                return begun is null ? new TransitionOutcome.Done() : new TransitionOutcome.Pending(NotTaken);
            }
        }
    }

    private static ChargeOutcome Recognise(Row row, ChargeRequest request)
    {
        if (SimulatedCharge.IsTombstone(row))
        {
            return new ChargeOutcome.Prevented();
        }

        var charge = SimulatedCharge.ToCharge(row);
        if (charge.AccountId != request.AccountId || charge.Amount != request.Amount || charge.Currency != request.Currency)
        {
            throw new InvalidOperationException($"The key {request.Key} was used for a charge of {charge.Amount} {charge.Currency} before: give every charge a key of its own.");
        }

        return charge.Status == GatewayChargeStatus.Pending ? throw Undecided() : new ChargeOutcome.Charged(charge);
    }

    private static GatewayUnavailableException Undecided() => new("The payment gateway has not decided yet.");

    private static GatewayChargeStatus Status(ChargeRequest request) => request.Capture ? GatewayChargeStatus.Captured : GatewayChargeStatus.Authorized;

    // What is decided by now is written before anybody is told, or another call could still decide it otherwise.
    private async Task<Row?> ReadAsync(SimulatedReference reference, CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await FindRowAsync(reference, cancellationToken);
            if (row is null || SimulatedCharge.DecidedBy(row, timeProvider.GetUtcNow()) is not { } decided)
            {
                return row;
            }

            await WriteAsync(reference, SimulatedCharge.ToDecided(reference, row, decided));
        }
    }

    // The gateway's storage failing is to us the gateway failing.
    private async Task<Row?> FindRowAsync(SimulatedReference reference, CancellationToken cancellationToken)
    {
        try
        {
            return await writer.Store.ReadAsync(reference.Partition.Row(reference.RowKey), cancellationToken);
        }
        catch (StoreUnavailableException exception)
        {
            throw new GatewayUnavailableException("The simulated gateway's storage did not answer.", exception);
        }
    }

    private async Task<CommitOutcome> WriteAsync(SimulatedReference reference, RowWrite write)
    {
        try
        {
            return await writer.WriteAsync(reference.Partition, [write], CancellationToken.None);
        }
        catch (StoreUnavailableException exception)
        {
            throw new GatewayUnavailableException("The simulated gateway's storage did not answer.", exception);
        }
    }
}
