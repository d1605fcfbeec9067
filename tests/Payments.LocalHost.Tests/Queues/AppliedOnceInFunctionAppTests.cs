namespace Payments.LocalHost.Tests.Queues;

/// <summary>Whatever comes more than once: the function app.</summary>
public sealed class AppliedOnceInFunctionAppTests(RunningFunctionApp host) : AppliedOnceCases(host), IClassFixture<RunningFunctionApp>;
