namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>An attempt as the process sees it that it runs in.</summary>
internal interface IAttempt
{
    /// <summary>The process died: whoever waits for the answer learns that the connection is gone.</summary>
    void Lose();

    /// <summary>Whoever waits for the answer waits no longer; the attempt itself goes on.</summary>
    void GiveUp();

    /// <summary>Whose attempt it is.</summary>
    Actor Actor { get; }

    /// <summary>Cancels the attempt's token; null where it has none that can be, or its caller has gone.</summary>
    Action? Cancel { get; }
}
