namespace FunctionsHost;

/// <summary>A function failed, or its worker died.</summary>
internal sealed class InvocationFailedException(string message) : Exception(message);
