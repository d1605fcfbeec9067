namespace Payments.Undecided;

/// <summary>How often the sweep looks at what is undecided.</summary>
internal static class Looks
{
    // Soon at first, since most gateways make up their mind within minutes, and never more rarely than that.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>How long to wait after so many looks.</summary>
    public static TimeSpan PauseAfter(int looks)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(Math.Max(looks - 1, 0), 10));
        return pause < LongestPause ? pause : LongestPause;
    }
}
