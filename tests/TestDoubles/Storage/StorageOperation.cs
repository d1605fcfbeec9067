namespace TestDoubles.Storage;

/// <summary>What a call to Table Storage asks for.</summary>
public enum StorageOperation
{
    /// <summary>A point read.</summary>
    Read,

    /// <summary>A page of a query.</summary>
    Query,

    /// <summary>An insert of one entity.</summary>
    Insert,

    /// <summary>A replace or merge of one entity.</summary>
    Update,

    /// <summary>A delete of one entity.</summary>
    Delete,

    /// <summary>An entity group transaction.</summary>
    Transaction,

    /// <summary>Creating, listing or deleting tables.</summary>
    Table,
}
