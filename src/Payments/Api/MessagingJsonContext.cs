using System.Text.Json.Serialization;
using Payments.Accounts;
using Payments.DeadLetters;
using Payments.Receipts;
using Payments.Unsent;
using ServerlessIdempotency.Inbox.DeadLetters;

namespace Payments.Api;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AccountStatement))]
[JsonSerializable(typeof(IReadOnlyList<MailboxMessage>))]
[JsonSerializable(typeof(IReadOnlyList<DeadLetter>))]
[JsonSerializable(typeof(ResubmittedMessage))]
[JsonSerializable(typeof(DiscardedLetter))]
[JsonSerializable(typeof(IReadOnlyList<DiscardedLetter>))]
[JsonSerializable(typeof(IReadOnlyList<UnsentMessage>))]
[JsonSerializable(typeof(RetriedMessage))]
internal sealed partial class MessagingJsonContext : JsonSerializerContext;
