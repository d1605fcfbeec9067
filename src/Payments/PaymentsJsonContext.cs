using System.Text.Json.Serialization;
using Payments.Api;
using Payments.Creating;
using Payments.Gateway;
using Payments.Ledger;
using Payments.Problems;
using Payments.State;
using Payments.Undecided;

namespace Payments;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CreatePaymentCommand))]
[JsonSerializable(typeof(Payment))]
[JsonSerializable(typeof(IReadOnlyList<LedgerEntry>))]
[JsonSerializable(typeof(IReadOnlyList<GatewayCharge>))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(PaymentResolution))]
[JsonSerializable(typeof(string))]
internal sealed partial class PaymentsJsonContext : JsonSerializerContext;
