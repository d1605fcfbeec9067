namespace Chaos.Cluster;

/// <summary>Chooses what is done next: first each kind once, in a random order, so that a minute shows them all; then at random, the kill most often.</summary>
internal sealed class DisturbanceChoice
{
    private readonly Random _random;
    private readonly Queue<Disturbance> _first;

    public DisturbanceChoice(Random random)
    {
        _random = random;
        var kinds = Enum.GetValues<Disturbance>();
        random.Shuffle(kinds);
        _first = new Queue<Disturbance>(kinds);
    }

    public Disturbance Next() => _first.TryDequeue(out var kind) ? kind : _random.NextDouble() switch
    {
        < 0.50 => Disturbance.Kill,
        < 0.60 => Disturbance.Stop,
        < 0.76 => Disturbance.Freeze,
        < 0.90 => Disturbance.KillBroker,
        < 0.95 => Disturbance.CutOffStorage,
        _ => Disturbance.CutOffBroker,
    };

    /// <summary>It could not be done now: it is chosen again before anything at random.</summary>
    public void PutBack(Disturbance kind) => _first.Enqueue(kind);
}
