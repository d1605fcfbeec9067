using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Claims;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Execution;

/// <summary>What a handler is told about the operation that it executes.</summary>
public sealed class OperationContext
{
    private readonly Claim _claim;
    private readonly ILogger _logger;

    internal OperationContext(Claim claim, Operation operation, ILogger logger)
    {
        _claim = claim;
        _logger = logger;
        Operation = operation;
    }

    /// <summary>The operation that is executed.</summary>
    public Operation Operation { get; }

    /// <summary>The partition of the record: rows that commit with it belong here.</summary>
    public PartitionAddress Partition => _claim.Address.Partition;

    /// <summary>When the operation was first claimed: the same on every attempt, so rows and ids may derive from it.</summary>
    public DateTimeOffset StartedAt => _claim.Record.StartedAt;

    /// <summary>Which claim this is, from 1. Above 1 an earlier executor died or failed, perhaps after outside effects.</summary>
    public long Epoch => _claim.Record.Epoch;

    /// <summary>The operation's name: a hash of scope, key and <see cref="StartedAt"/>, the same on every attempt, another after retention. 43 characters of base64url.</summary>
    public string OperationHash => _claim.OperationHash;

    /// <summary>Whether the answer is to be stored and replayed. Default true.</summary>
    public bool IsStored { get; private set; } = true;

    /// <summary>Whether an attempt that ends without an answer is left to a person: the record's own policy, which may be stricter than the operation's.</summary>
    internal bool IsLeftToPerson => _claim.IsLeftToPerson;

    /// <summary>
    /// Does not store the answer of this attempt, whatever it is: the next retry runs the handler again, with the recorded steps skipped. For endpoints whose answer is captured; a
    /// handler that returns an outcome returns a failed one instead.
    /// </summary>
    public void DoNotStore() => IsStored = false;

    /// <summary>The key that an outside call carries (law 6): the same on every attempt of this operation, another for every other step or operation.</summary>
    /// <param name="step">The name of the step that makes the call.</param>
    public string StableKey(string step)
    {
        ArgumentException.ThrowIfNullOrEmpty(step);
        return Keys.OperationHash.ComputeText("step", OperationHash, step);
    }

    /// <summary>
    /// Runs a part of the operation and records its result, so that a takeover skips it (a recovery point). It costs one round trip. The
    /// part may run again if the process dies before the record is written, so an outside call in it carries the stable key that it is given.
    /// </summary>
    /// <param name="name">The step's name, unique within the operation.</param>
    /// <param name="body">The part; it is given the step's stable key.</param>
    /// <param name="typeInfo">How the result is written as JSON.</param>
    /// <param name="cancellationToken">The handler's token.</param>
    /// <exception cref="OperationCanceledException">Another executor has taken over; stop.</exception>
    /// <exception cref="StoreUnavailableException">The result could not be recorded.</exception>
    /// <exception cref="ResultTooLargeException">
    /// The step has run in an earlier attempt, and its result was not recorded: all of them together had more than 64 KiB. The step does not run again (law 14); let the exception
    /// pass, and the operation's outcome is unknown until somebody resolves it. Record ids, not contents.
    /// </exception>
    public async Task<T> StepAsync<T>(string name, Func<string, CancellationToken, Task<T>> body, JsonTypeInfo<T> typeInfo, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(body);
        if (_claim.Record.Steps.TryGetValue(name, out var recorded))
        {
            return recorded is not null
                ? JsonSerializer.Deserialize(recorded, typeInfo)!
                : throw new ResultTooLargeException($"The step '{name}' has run, and its result was too large to be recorded ({StepsCodec.MaxSize:N0} bytes for all steps): it does not run again. Record ids, not contents.");
        }

        var result = await body(StableKey(name), cancellationToken);
        var json = JsonSerializer.SerializeToUtf8Bytes(result, typeInfo);
        if (!await _claim.RecordStepAsync(name, json))
        {
            _logger.StepOmitted(name, _claim.Address, json.Length);
        }

        return result;
    }
}
