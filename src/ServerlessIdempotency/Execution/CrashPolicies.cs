namespace ServerlessIdempotency.Execution;

/// <summary>What crash policies mean, for every channel and for saga steps alike.</summary>
internal static class CrashPolicies
{
    /// <summary>An attempt that can't ask does not run either.</summary>
    public static NextAttempt Next(this CrashPolicy policy, bool canProbe) => policy switch
    {
        CrashPolicy.Rerun => NextAttempt.Runs,
        CrashPolicy.Probe when canProbe => NextAttempt.Probes,
        _ => NextAttempt.Waits,
    };

    public static CrashPolicy StricterOf(CrashPolicy one, CrashPolicy other) => one > other ? one : other;
}
