using System.Globalization;

namespace ServerlessIdempotency.Inbox;

/// <summary>
/// The text of a property's value, exact for each type: two values that differ never share one. Where CloudEvents 1.0 has a canonical text for the type (section 3.1), it is that
/// one, so that <c>1</c> as a number and as text are one id.
/// </summary>
internal static class PropertyText
{
    /// <exception cref="FormatException">The value is of a type that has no exact text.</exception>
    public static string? Of(string name, object? value) =>
        value is null ? null : Of(value) ?? throw new FormatException($"The property '{name}' is a {value.GetType().Name}, which has no exact text: send it as a string.");

    /// <returns>Null where the value is of a type that has no exact text.</returns>
    public static string? Of(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        byte[] bytes => Convert.ToBase64String(bytes),
        ReadOnlyMemory<byte> bytes => Convert.ToBase64String(bytes.Span),
        ArraySegment<byte> bytes => Convert.ToBase64String(bytes),

        // As it was sent: ToString() decodes what is escaped.
        Uri uri => uri.OriginalString,
        DateTime { Kind: DateTimeKind.Local } moment => MomentOf(moment),
        DateTime moment => MomentOf(new DateTimeOffset(moment.Ticks, TimeSpan.Zero)),
        DateTimeOffset moment => MomentOf(moment),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        Guid or char or sbyte or byte or short or ushort or int or uint or long or ulong or decimal or float or double => Convert.ToString(value, CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string MomentOf(DateTimeOffset moment) => moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
