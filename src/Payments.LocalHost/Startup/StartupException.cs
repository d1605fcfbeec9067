namespace Payments.LocalHost.Startup;

/// <summary>The host can't start; the message is one sentence for whoever started it.</summary>
internal sealed class StartupException(string message, Exception? innerException = null) : Exception(message, innerException);
