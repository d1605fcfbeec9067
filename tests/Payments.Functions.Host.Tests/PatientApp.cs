namespace Payments.Functions.Host.Tests;

/// <summary>The function app that waits for its storage for as long as a test holds a call to it.</summary>
public sealed class PatientApp() : RunningApp(Limit);
