using System.Collections;
using System.Runtime.CompilerServices;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Validation;

/// <summary>Collects what is wrong with the settings of a section, a sentence each that names the setting and what to set it to.</summary>
internal sealed class OptionFaults(string section) : IEnumerable<string>
{
    private readonly List<string> _faults = [];

    /// <param name="value">The setting.</param>
    /// <param name="min">The least that is fine.</param>
    /// <param name="max">The most that is fine.</param>
    /// <param name="except">A value outside of the range that is fine too, and what it means.</param>
    /// <param name="name">The setting's name; by default the expression of the value.</param>
    public OptionFaults Between<T>(T value, T min, T max, (T Value, string Meaning)? except = null, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : IComparable<T>
    {
        var isFine = (value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0) || (except is { } other && value.CompareTo(other.Value) == 0);
        return If(!isFine, $"{name} is {value}: set it between {min} and {max}{(except is { } exception ? $", or to {exception.Value} {exception.Meaning}" : "")}.");
    }

    public OptionFaults Named(string value, string what, [CallerArgumentExpression(nameof(value))] string name = "") =>
        If(string.IsNullOrWhiteSpace(value), $"{name} is empty: name a {what}.");

    /// <summary>A table's name, by Table Storage's rules: 3 to 63 letters and digits of ASCII that start with a letter.</summary>
    public OptionFaults TableNamed(string value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        If(!TableName.IsValid(value), $"{name} is '{value}': name a table by 3 to 63 letters and digits that start with a letter, other than 'tables'.");

    /// <summary>A queue's name, by Service Bus's rules: 1 to 260 letters, digits, dots, hyphens, underscores and slashes, at both ends a letter or digit.</summary>
    public OptionFaults QueueNamed(string value, [CallerArgumentExpression(nameof(value))] string name = "") => If(
        !(value is { Length: >= 1 and <= 260 } && char.IsAsciiLetterOrDigit(value[0]) && char.IsAsciiLetterOrDigit(value[^1]) && value.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_' or '/')),
        $"{name} is '{value}': name a queue by 1 to 260 letters, digits, '.', '-', '_' and '/' that start and end with a letter or digit.");

    /// <summary>A setting that must be longer than another thing.</summary>
    public OptionFaults LongerThan(TimeSpan value, TimeSpan other, string otherName, string reason = "", [CallerArgumentExpression(nameof(value))] string name = "") =>
        If(value <= other, $"{name} ({value}) must be longer than {section}:{otherName} ({other}){reason}.");

    /// <param name="isFault">Whether there is a fault.</param>
    /// <param name="sentence">The sentence, which begins with the setting's name.</param>
    public OptionFaults If(bool isFault, string sentence)
    {
        if (isFault)
        {
            _faults.Add($"{section}:{sentence}");
        }

        return this;
    }

    /// <summary>A fault for each value that must not be there.</summary>
    public OptionFaults ForEach<T>(IEnumerable<T> faulty, Func<T, string> sentence) => faulty.Aggregate(this, (faults, value) => faults.If(true, sentence(value)));

    public IEnumerator<string> GetEnumerator() => _faults.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <exception cref="ArgumentException">There are faults.</exception>
    public static void ThrowIfAny(IEnumerable<string> faults)
    {
        if (string.Join(' ', faults) is { Length: > 0 } text)
        {
            throw new ArgumentException(text);
        }
    }
}
