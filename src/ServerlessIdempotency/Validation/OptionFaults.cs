using System.Collections;
using System.Runtime.CompilerServices;

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
