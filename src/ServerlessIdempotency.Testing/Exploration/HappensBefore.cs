using ServerlessIdempotency.Testing.Worlds;

namespace ServerlessIdempotency.Testing.Exploration;

/// <summary>
/// A fingerprint of what happened so far, in which the order of two events counts only where one can have known of the other: events of one actor or process, and
/// events that touch the same thing unless both only read it. Processes are functions of what they saw, so equal fingerprints mean equal states.
/// </summary>
/// <remarks>The happens-before caching of CHESS: Musuvathi and Qadeer, "Partial-order reduction for context-bounded state exploration" (2007).</remarks>
internal sealed class HappensBefore
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly Dictionary<object, ulong> _lastOf = [];
    private readonly Dictionary<string, (ulong Write, ulong Reads)> _things = new(StringComparer.Ordinal);
    private ulong _base = Golden;
    private ulong _sum;
    private ulong _latest;

    /// <summary>The fingerprint.</summary>
    public ulong Key => Mix(_base, _sum);

    public void Add(Actor actor, ProcessState process, string what, IReadOnlyList<string> touches, bool onlyReads)
    {
        var hash = Mix(Mix(Mix(_base, (ulong)actor.Id), Text(process.Name)), Text(what));
        hash = Mix(hash, _lastOf.GetValueOrDefault(actor.Id));
        hash = Mix(hash, _lastOf.GetValueOrDefault(process));
        foreach (var thing in touches)
        {
            var (write, reads) = _things.GetValueOrDefault(thing);
            hash = Mix(Mix(hash, Text(thing)), onlyReads ? write : Mix(write, reads));
        }

        _lastOf[actor.Id] = _lastOf[process] = hash;
        foreach (var thing in touches)
        {
            var (write, reads) = _things.GetValueOrDefault(thing);
            _things[thing] = onlyReads ? (write, unchecked(reads + hash)) : (hash, 0);
        }

        _latest = hash;

        // A sum does not know the order of what is added: that is in the hashes.
        _sum = unchecked(_sum + hash);
    }

    /// <summary>An actor begins, because of what happened last.</summary>
    public void Begin(Actor actor, string what) => _lastOf[actor.Id] = Mix(_latest, Text(what));

    /// <summary>Time passes, and everyone may look at a clock: whatever comes later comes after all that was.</summary>
    public void Barrier(DateTimeOffset now)
    {
        _base = Mix(Mix(_base, _sum), (ulong)now.UtcTicks);
        _sum = 0;
    }

    private static ulong Text(string text)
    {
        var hash = Golden;
        foreach (var character in text)
        {
            hash = unchecked((hash ^ character) * 0x100000001B3);
        }

        return hash;
    }

    private static ulong Mix(ulong left, ulong right)
    {
        var mixed = unchecked((left ^ (right + Golden + (left << 6) + (left >> 2))) * 0xFF51AFD7ED558CCD);
        return mixed ^ (mixed >> 33);
    }
}
