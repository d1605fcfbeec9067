using System.Net.Http.Headers;
using System.Text;

namespace Chaos.Clients;

/// <summary>What a client was told.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body, byte for byte.</param>
/// <param name="IsReplay">Whether it was told as a stored answer.</param>
internal sealed record Answer(int Status, byte[] Body, bool IsReplay)
{
    public string? ContentType { get; init; }

    /// <summary>Where the thing is that was made.</summary>
    public string? Location { get; init; }

    /// <summary>Until when the answer is replayed, which the first one to hear it is told as well.</summary>
    public string? Expires { get; init; }

    public string Text => Encoding.UTF8.GetString(Body);

    public static async Task<Answer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        new((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken), response.Headers.Contains("Idempotency-Replayed"))
        {
            ContentType = Read(response.Content.Headers, "Content-Type"),
            Location = Read(response.Headers, "Location"),
            Expires = Read(response.Headers, "Idempotency-Expires"),
        };

    /// <summary>Whether it is the other one, told again. Other headers belong to one response or to its connection.</summary>
    public bool IsSameAs(Answer other) =>
        (Status, ContentType, Location, Expires) == (other.Status, other.ContentType, other.Location, other.Expires) && Body.AsSpan().SequenceEqual(other.Body);

    public override string ToString() => $"{Status} {Text} (Content-Type {ContentType ?? "none"}, Location {Location ?? "none"}, Idempotency-Expires {Expires ?? "none"})";

    private static string? Read(HttpHeaders headers, string name) => headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
