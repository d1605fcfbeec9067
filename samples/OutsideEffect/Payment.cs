using System.Text.Json.Serialization;

namespace OutsideEffect;

internal sealed record Payment(long Amount);

[JsonSerializable(typeof(string))]
internal sealed partial class PaymentJson : JsonSerializerContext;
