using ServerlessIdempotency.Functions.Settings;

namespace ServerlessIdempotency.Functions.Worker;

/// <summary>A function that carries <see cref="IdempotentAttribute"/>.</summary>
/// <param name="Description">What its method says.</param>
/// <param name="Settings">What its attribute says.</param>
/// <param name="Trigger">What starts it; null where no known trigger does.</param>
internal sealed record IdempotentFunction(FunctionDescription Description, FunctionSettings Settings, IIdempotentTrigger? Trigger);
