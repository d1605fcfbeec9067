using System.Security.Cryptography;
using System.Text;

namespace Chaos.Randomness;

/// <summary>Random choices that follow from the run's seed. Each actor has its own, so that how actors take turns changes none of their choices.</summary>
internal static class SeededRandom
{
    /// <param name="seed">The run's seed.</param>
    /// <param name="actor">Who chooses.</param>
    /// <param name="number">Which one of them.</param>
    public static Random For(int seed, string actor, long number)
    {
        // HashCode differs from process to process.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{seed}|{actor}|{number}")));
        return new Random(BitConverter.ToInt32(hash));
    }

    public static bool Happens(this Random random, double probability) => random.NextDouble() < probability;

    public static TimeSpan Between(this Random random, double fromMilliseconds, double toMilliseconds) =>
        TimeSpan.FromMilliseconds(fromMilliseconds + (random.NextDouble() * (toMilliseconds - fromMilliseconds)));

    public static T Of<T>(this Random random, IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
}
