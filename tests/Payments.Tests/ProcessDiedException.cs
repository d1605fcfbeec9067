namespace Payments.Tests;

/// <summary>Stands for the end of the process: nothing in the app catches it and goes on.</summary>
internal sealed class ProcessDiedException() : Exception("The process died here.");
