using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.Sagas;

/// <summary>What a step is told about the saga that it belongs to.</summary>
public sealed class SagaStepContext
{
    private readonly string _step;

    /// <summary>Creates a context. Runners do so for each call; tests of a step do so to call it as a late or repeated one.</summary>
    /// <param name="address">Where the saga lives.</param>
    /// <param name="saga">The saga as it is stored.</param>
    /// <param name="step">The step's name.</param>
    public SagaStepContext(SagaAddress address, SagaSnapshot saga, string step)
    {
        Address = address;
        Saga = saga;
        _step = step;
    }

    /// <summary>Where the saga lives.</summary>
    public SagaAddress Address { get; }

    /// <summary>The saga as it is stored.</summary>
    public SagaSnapshot Saga { get; }

    /// <summary>
    /// The step's name towards the other side (law 6): the same on every attempt, for the probe and for the compensation, another for every other step or
    /// saga. 43 characters of base64url.
    /// </summary>
    public string StableKey => KeyOf(_step);

    /// <summary>Which attempt this is, from 1: of the step, or of its compensation.</summary>
    public int Attempt => Find(_step) is { Status: SagaStepStatus.Compensating } step ? step.CompensationAttempts : Find(_step)?.Attempts ?? 0;

    /// <summary>What the saga works on.</summary>
    public T Input<T>(JsonTypeInfo<T> typeInfo) => Saga.Input.Deserialize(typeInfo)!;

    /// <summary>What a step gave.</summary>
    /// <returns>The default value where the step gave nothing: it is not done, its outcome was lost, or a person declared it done.</returns>
    public T? ResultOf<T>(string step, JsonTypeInfo<T> typeInfo) => Find(step)?.Result is { } result ? result.Deserialize(typeInfo) : default;

    /// <summary>The stable key of another step of this saga.</summary>
    public string KeyOf(string step) => OperationHash.ComputeText("saga-step", Address.Partition.Table, Address.Partition.PartitionKey, Address.Id, step);

    private SagaStepSnapshot? Find(string name) => Saga.Steps.FirstOrDefault(step => step.Name == name);
}
