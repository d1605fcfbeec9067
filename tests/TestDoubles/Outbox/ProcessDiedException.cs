namespace TestDoubles.Outbox;

/// <summary>The process is gone: whatever it still tried to do did not happen.</summary>
public sealed class ProcessDiedException : Exception;
