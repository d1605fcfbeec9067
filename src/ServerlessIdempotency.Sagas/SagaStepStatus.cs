using System.Text.Json.Serialization;

namespace ServerlessIdempotency.Sagas;

/// <summary>Where one step of a saga stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SagaStepStatus>))]
public enum SagaStepStatus
{
    /// <summary>Not begun, or waiting to be tried again: the attempts tell.</summary>
    Pending,

    /// <summary>An attempt was begun; whether it had an effect is not known yet.</summary>
    Started,

    /// <summary>It had its effect.</summary>
    Done,

    /// <summary>An attempt's outcome was lost; the other side is being asked.</summary>
    Unknown,

    /// <summary>It was refused, or given up.</summary>
    Rejected,

    /// <summary>Its compensation was begun.</summary>
    Compensating,

    /// <summary>Whatever effect it had is undone.</summary>
    Compensated,

    /// <summary>A person decided that it stays as it is, not undone.</summary>
    NotCompensated,
}
