using Microsoft.Extensions.Options;
using Payments.Partitions;
using Payments.Stock;
using ServerlessIdempotency.Sagas;

namespace Payments.Orders;

/// <summary>Holds the stock of every line, or of none: where one is short, the step is refused and its compensation gives back the others.</summary>
internal sealed class ReserveStockStep(StockRoom stock, IOptions<OrderOptions> options) : SagaStep
{
    public override string Name => "reserve-stock";

    public override TimeSpan Timeout { get; } = options.Value.StepTimeout;

    // Many orders of one thing at once are no reason to cancel one.
    public override int MaxAttempts => 20;

    public override async Task<StepOutcome> ExecuteAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        foreach (var (merchant, sku, quantity) in LinesOf(context))
        {
            switch (await stock.ReserveAsync(merchant, sku, quantity, context.StableKey, cancellationToken))
            {
                case ReserveOutcome.Short { Available: var available }:
                    return new StepOutcome.Rejected($"There are not enough units of {sku} in stock: {quantity} are ordered, {available} are there.");
                case ReserveOutcome.NoSuchSku:
                    return new StepOutcome.Rejected($"There is no {sku} in stock.");
                case ReserveOutcome.ReleasedBefore:
                    return new StepOutcome.Rejected($"The reservation of {sku} was released before.");
                case ReserveOutcome.Contended:
                    return new StepOutcome.Retryable($"Many orders of {sku} come in at this moment.");
            }
        }

        return new StepOutcome.Done();
    }

    public override async Task<ProbeOutcome> ProbeAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        foreach (var (merchant, sku, _) in LinesOf(context))
        {
            if (!await stock.IsReservedAsync(merchant, sku, context.StableKey, cancellationToken))
            {
                return new ProbeOutcome.NotHappened();
            }
        }

        return new ProbeOutcome.Happened();
    }

    public override async Task<CompensationOutcome> CompensateAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        foreach (var (merchant, sku, _) in LinesOf(context))
        {
            if (!await stock.ReleaseAsync(merchant, sku, context.StableKey, cancellationToken))
            {
                return new CompensationOutcome.Retryable($"Many orders of {sku} come in at this moment.");
            }
        }

        return new CompensationOutcome.Done();
    }

    private static IEnumerable<(MerchantId Merchant, Sku Sku, long Quantity)> LinesOf(SagaStepContext context)
    {
        var input = context.Input(OrdersJsonContext.Default.OrderSagaInput);
        var merchant = MerchantId.Of(input.Principal);
        foreach (var item in input.Command.Items)
        {
            if (!Sku.TryParse(item.Sku, out var sku))
            {
                throw new InvalidDataException($"The order {input.OrderId} has a line whose sku is none.");
            }

            yield return (merchant, sku, item.Quantity);
        }
    }
}
