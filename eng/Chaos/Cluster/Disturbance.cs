namespace Chaos.Cluster;

/// <summary>What is done to the system.</summary>
internal enum Disturbance
{
    /// <summary>An instance is killed.</summary>
    Kill,

    /// <summary>An instance is asked to end.</summary>
    Stop,

    /// <summary>An instance is frozen past its lease.</summary>
    Freeze,

    /// <summary>The broker is killed.</summary>
    KillBroker,

    /// <summary>Nobody reaches the storage.</summary>
    CutOffStorage,

    /// <summary>Nobody reaches the broker.</summary>
    CutOffBroker,
}
