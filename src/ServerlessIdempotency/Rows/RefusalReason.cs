namespace ServerlessIdempotency.Rows;

/// <summary>Why a guarded write was refused.</summary>
public enum RefusalReason
{
    /// <summary>An insert found the row there already.</summary>
    AlreadyExists,

    /// <summary>A replace or delete found another version than the one it carried.</summary>
    Stale,

    /// <summary>A replace found no row. (A delete that finds no row is applied: its end state holds.)</summary>
    Missing,
}
