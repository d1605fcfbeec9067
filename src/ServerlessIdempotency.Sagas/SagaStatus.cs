using System.Text.Json.Serialization;

namespace ServerlessIdempotency.Sagas;

/// <summary>Where a saga stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SagaStatus>))]
public enum SagaStatus
{
    /// <summary>Its steps are being taken.</summary>
    Running,

    /// <summary>Its steps are being undone, the latest first.</summary>
    Compensating,

    /// <summary>It waits for a person's decision.</summary>
    Parked,

    /// <summary>All of its steps are done. Final.</summary>
    Completed,

    /// <summary>All that was begun is undone. Final.</summary>
    Compensated,
}
