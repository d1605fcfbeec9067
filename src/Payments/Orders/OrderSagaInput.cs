namespace Payments.Orders;

/// <summary>What an order's saga works on.</summary>
/// <param name="Principal">Whose order it is: the payment belongs to the same one.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Command">What was ordered.</param>
internal sealed record OrderSagaInput(string Principal, string OrderId, PlaceOrderCommand Command);
