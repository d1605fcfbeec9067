using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Exploration;
using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Scheduling;
using ServerlessIdempotency.Testing.Stories;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>Everything of one run: its processes, its clock, its store, its broker, and what waits for the explorer.</summary>
internal sealed class World
{
    private const int FirstProcessId = 500;
    private const int NetworkId = int.MaxValue;

    private readonly Lock _lock = new();
    private readonly List<PendingPoint> _pending = [];
    private readonly Dictionary<string, ProcessState> _affinities = [];
    private readonly Dictionary<ProcessState, Actor> _processActors = [];
    private readonly Dictionary<Type, object> _shared = [];
    private readonly ProcessScheduler _scheduler;
    private readonly ProcessClock _clock;
    private readonly Story? _story;
    private long _sequence;

    public World(ProofPlan plan, ProofOptions options, ControlledLoop loop, Story? story)
    {
        Plan = plan;
        Options = options;
        Loop = loop;
        _story = story;
        Clock = new WorldClock(options.BeginsAt);
        _scheduler = new ProcessScheduler(loop);
        _clock = new ProcessClock(Clock, _scheduler);
        Store = plan.NewStore();
        Rows = new RowWatch(this);
        Actors = new Actors(this);
        Broker = new Broker(this);
    }

    public ProofPlan Plan { get; }

    public ProofOptions Options { get; }

    public ControlledLoop Loop { get; }

    public WorldClock Clock { get; }

    public TimeProvider Time => _clock;

    /// <summary>Whether no process of the build before is used any more: a deployment comes to its end before the jobs run.</summary>
    public bool IsDeployed { get; set; }

    public IRowStore Store { get; }

    public RowWatch Rows { get; }

    public Actors Actors { get; }

    public Broker Broker { get; }

    public OutsideLedger Outside { get; } = new();

    public HappensBefore History { get; } = new();

    /// <summary>On whose behalf the running code runs; it flows with the code's awaits.</summary>
    public AsyncLocal<Actor?> Current { get; } = new();

    /// <summary>Whoever brings lost requests late.</summary>
    public Actor Network { get; } = new(NetworkId, "the network", "the network");

    public List<string> Violations { get; } = [];

    public long NextSequence() => Interlocked.Increment(ref _sequence);

    public IEnumerable<ProcessState> Processes => _processActors.Keys;

    public Actor ActorOf(ProcessState process) => _processActors[process];

    /// <summary>The process that serves an affinity, as a load balancer with sticky sessions picks it; another one where that is dead or stalled.</summary>
    public ProcessState ProcessOf(string affinity)
    {
        if (!_affinities.TryGetValue(affinity, out var process) || process.IsDead || process.IsStalled || (process.IsOfEarlierBuild && IsDeployed))
        {
            var number = _processActors.Count + 1;
            var scheduler = new ProcessScheduler(Loop);
            process = _affinities[affinity] = new ProcessState(this, $"p{number}", scheduler, new ProcessClock(Clock, scheduler));
            _processActors[process] = new Actor(FirstProcessId + number, $"background of {process.Name}", process.Name);
        }

        return process;
    }

    public T Shared<T>(Func<T> create)
        where T : class
    {
        if (!_shared.TryGetValue(typeof(T), out var shared))
        {
            _shared[typeof(T)] = shared = create();
        }

        return (T)shared;
    }

    public Task<T> PassAsync<T>(ProcessState process, ProofPoint<T> point, CancellationToken cancellationToken, bool mayCrash = true)
    {
        ArgumentNullException.ThrowIfNull(point);
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var pending = new PendingPoint<T>(Current.Value ?? ActorOf(process), process, NextSequence(), point, mayCrash);
        if (process.IsDead)
        {
            // Nothing that a dead process still does reaches anything.
            return pending.Task;
        }

        Add(pending);
        if (cancellationToken.CanBeCanceled)
        {
            cancellationToken.UnsafeRegister((_, token) => GiveUp(pending, token), null);
        }

        return pending.Task;
    }

    public void Add(PendingPoint point)
    {
        lock (_lock)
        {
            _pending.Add(point);
        }

        Loop.Arrive();
    }

    public PendingPoint[] Pending()
    {
        lock (_lock)
        {
            return [.. _pending];
        }
    }

    public void Take(PendingPoint point, PointFault? fault)
    {
        lock (_lock)
        {
            _pending.Remove(point);
        }

        point.Take(this, fault);
    }

    public void Kill(ProcessState process)
    {
        process.Kill();
        lock (_lock)
        {
            _pending.RemoveAll(point => point.Process == process && !point.IsLate);
        }
    }

    public void Stall(ProcessState process) => process.Stall(Options.Stall);

    /// <summary>Does something after a while, on the world's own scheduler.</summary>
    public void After(TimeSpan pause, Action action) => _clock.CreateTimer(_ => action(), null, pause, Timeout.InfiniteTimeSpan);

    public void Post(Action action) => _scheduler.Post(action);

    public void Note(PendingPoint point, string? text, string? extra = null) => _story?.Add($"{point.Label} on {point.Process.Name}", text, extra);

    public void Tell(Actor actor, ProcessState process, string? text) => _story?.Add($"{actor.Label} on {process.Name}", text, null);

    private void GiveUp<T>(PendingPoint<T> pending, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_pending.Remove(pending))
            {
                return;
            }
        }

        pending.Cancel(cancellationToken);
    }
}
