using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ServerlessIdempotency.Records;

/// <summary>The result of an operation as callers get it, the first time and at every replay: status, chosen headers and body bytes.</summary>
/// <param name="StatusCode">An HTTP status; handlers that are not reached by HTTP use 200.</param>
/// <param name="Headers">The headers that a replay repeats.</param>
/// <param name="Body">The body, byte for byte.</param>
public sealed record OperationResult(int StatusCode, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>
    /// The size in bytes of a body that was too large to be stored, so that <see cref="Body"/> is empty: the operation is done all the same (law 14). Null where the body is here.
    /// </summary>
    public long? OmittedBodyLength { get; init; }

    /// <summary>A result with no headers and no body.</summary>
    public static OperationResult Empty { get; } = new(200, [], default);

    /// <summary>A result whose body is a value as JSON.</summary>
    public static OperationResult Json<T>(int statusCode, T value, JsonTypeInfo<T> typeInfo, params IReadOnlyList<KeyValuePair<string, string>> headers) =>
        new(statusCode, [KeyValuePair.Create("Content-Type", "application/json; charset=utf-8"), .. headers], JsonSerializer.SerializeToUtf8Bytes(value, typeInfo));

    /// <summary>The body read as JSON.</summary>
    /// <exception cref="InvalidOperationException">The body was too large to be stored.</exception>
    public T? ReadJson<T>(JsonTypeInfo<T> typeInfo) => OmittedBodyLength is { } length
        ? throw new InvalidOperationException($"The result's body of {length:N0} bytes was too large to be stored: read what the operation made instead of its answer.")
        : JsonSerializer.Deserialize(Body.Span, typeInfo);
}
