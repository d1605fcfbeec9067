using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.AspNetCore.Responses;

/// <summary>What an endpoint answered, as the caller whose call executed gets it.</summary>
/// <param name="Result">The answer, without a body that is too large to be stored.</param>
/// <param name="LargeBody">That body, for this caller alone; null where the result has it, or where it was too large for anybody.</param>
internal sealed record CapturedAnswer(OperationResult Result, CapturedBody? LargeBody)
{
    /// <summary>The text beside the status on HTTP/1.1, where the endpoint set one. It is not stored.</summary>
    public string? ReasonPhrase { get; init; }
}
