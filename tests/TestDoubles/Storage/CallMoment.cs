namespace TestDoubles.Storage;

/// <summary>Where a call is while it is held.</summary>
public enum CallMoment
{
    /// <summary>On its way to the service, which knows nothing of it yet.</summary>
    BeforeEffect,

    /// <summary>Done by the service; its answer is on the way back.</summary>
    AfterEffect,
}
