namespace ServerlessIdempotency.Records;

/// <summary>A result as it is stored.</summary>
/// <param name="Result">What is kept of it.</param>
/// <param name="Columns">The same as columns of a record, made once: to know what fits is to have encoded it.</param>
internal sealed record StoredResult(OperationResult Result, IReadOnlyDictionary<string, object> Columns);
