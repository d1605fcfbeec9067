namespace Payments.LocalHost.Tests.Queues;

/// <summary>The function app.</summary>
public sealed class RunningFunctionApp() : RunningHost(HostProgram.FunctionApp);
