namespace Payments.LocalHost.Answers;

/// <summary>A problem that says no more than its status (RFC 9457, section 4.2.1).</summary>
internal sealed record StatusProblem(string Type, string Title, int Status);
