namespace TestDoubles.Rows;

/// <summary>What goes wrong with one storage call.</summary>
public enum Fault
{
    None,

    /// <summary>The call never reaches the store.</summary>
    Before,

    /// <summary>The store does it, and the reply is lost.</summary>
    After,

    /// <summary>The store does it, the reply is lost, and the client's own retry is refused by its own first attempt.</summary>
    RetriedAfter,
}
