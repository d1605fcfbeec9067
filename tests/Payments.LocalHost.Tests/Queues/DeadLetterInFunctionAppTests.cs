namespace Payments.LocalHost.Tests.Queues;

/// <summary>Dead letters: the function app.</summary>
public sealed class DeadLetterInFunctionAppTests(RunningFunctionApp host) : DeadLetterCases(host), IClassFixture<RunningFunctionApp>;
