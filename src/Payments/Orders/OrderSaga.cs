using Microsoft.Extensions.Options;
using ServerlessIdempotency.Sagas;

namespace Payments.Orders;

/// <summary>
/// An order: hold the stock, take the money, confirm. Where one of them is refused, give the money back, release the stock and cancel with the reason.
/// </summary>
internal sealed class OrderSaga(ReserveStockStep reserve, ChargeStep charge, ConfirmStep confirm, IOptions<OrderOptions> options) : SagaDefinition
{
    public const string DefinitionName = "order";

    public override string Name => DefinitionName;

    public override TimeSpan Timeout { get; } = options.Value.Timeout;

    public override IReadOnlyList<SagaStep> Steps { get; } = [reserve, charge, confirm];

    public override Task<SagaEffects> DescribeEndAsync(SagaAddress address, SagaSnapshot saga, CancellationToken cancellationToken) => Task.FromResult(
        saga.Status == SagaStatus.Compensated
            ? new SagaEffects { Messages = [OrderEvent.ToMessage(OrderEvent.Cancelled, InputOf(saga), saga.Reason, saga.EndedAt!.Value)] }
            : SagaEffects.None);

    private static OrderSagaInput InputOf(SagaSnapshot saga) => System.Text.Json.JsonSerializer.Deserialize(saga.Input, OrdersJsonContext.Default.OrderSagaInput)!;
}
