namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>What goes wrong at a point.</summary>
internal enum FaultKind
{
    /// <summary>The process dies, and the effect does not happen.</summary>
    CrashBefore,

    /// <summary>The effect happens, and the process dies before it learns so.</summary>
    CrashAfter,

    /// <summary>The point fails in one of its own ways.</summary>
    Failure,

    /// <summary>The request is lost, and arrives at a later moment all the same.</summary>
    Late,

    /// <summary>The caller gives up: its token is cancelled, it tries again, and the attempt goes on as it likes.</summary>
    CallerGivesUp,

    /// <summary>The process stands still before the effect.</summary>
    StallBefore,

    /// <summary>The effect happens, and the process stands still before it gets the reply.</summary>
    StallAfter,
}
