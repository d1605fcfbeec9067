using System.Text.Json.Serialization;
using Payments.Parked;
using Payments.Stock;

namespace Payments.Orders;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PlaceOrderCommand))]
[JsonSerializable(typeof(OrderSagaInput))]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(OrderEvent))]
[JsonSerializable(typeof(StockLevel))]
[JsonSerializable(typeof(IReadOnlyList<ParkedView>))]
[JsonSerializable(typeof(ResolutionView))]
[JsonSerializable(typeof(string))]
internal sealed partial class OrdersJsonContext : JsonSerializerContext;
