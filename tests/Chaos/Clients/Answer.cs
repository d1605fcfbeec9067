using System.Text;

namespace Chaos.Clients;

/// <summary>What a client was told.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body, byte for byte.</param>
/// <param name="IsReplay">Whether it was told as a stored answer.</param>
internal sealed record Answer(int Status, byte[] Body, bool IsReplay)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public bool IsSameAs(Answer other) => Status == other.Status && Body.AsSpan().SequenceEqual(other.Body);

    public override string ToString() => $"{Status} {Text}";
}
