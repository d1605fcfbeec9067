using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Exploration;
using ServerlessIdempotency.Testing.Worlds;

namespace ServerlessIdempotency.Testing.Proofs;

/// <summary>
/// Proves within bounds that handlers are idempotent: it runs them again and again on one thread and on a clock of its own, and each time something else goes wrong at one
/// of their points, or somebody else goes first. After each run it checks that all callers were told the same, that each outside effect happened once for each
/// operation, that nothing is left in progress or unsent, and your own invariants.
/// </summary>
/// <remarks>
/// A point is a storage call, a message sent, an outside call, a settlement of a message, a step. At each, the process may die before or after it, the reply may be lost, the
/// other side may be busy, the request may arrive late, and the process may stand still until its lease has lapsed. docs/proof.md says how schedules are enumerated and
/// what is not proved.
/// </remarks>
/// <typeparam name="TApp">What your app is in one process.</typeparam>
public sealed class IdempotencyProof<TApp>
    where TApp : class
{
    private readonly ProofPlan _plan;

    /// <summary>Begins a proof.</summary>
    /// <param name="start">Builds your app as a fresh process would, from what the process gives.</param>
    public IdempotencyProof(Func<ProofProcess, Task<TApp>> start)
    {
        ArgumentNullException.ThrowIfNull(start);
        _plan = new ProofPlan(async process => await start(process));
    }

    /// <summary>Begins a proof.</summary>
    /// <param name="start">Builds your app as a fresh process would, from what the process gives.</param>
    public IdempotencyProof(Func<ProofProcess, TApp> start)
        : this(process => Task.FromResult(start(process)))
    {
    }

    /// <summary>How far the proof looks.</summary>
    public ProofOptions Options { get; } = new();

    /// <summary>Keeps rows in another store than memory. It is called once for each schedule and must give an empty one.</summary>
    public IdempotencyProof<TApp> Over(Func<IRowStore> newStore)
    {
        _plan.NewStore = newStore;
        return this;
    }

    /// <summary>Has a deployment go on: each fresh process may run the build before, where the explorer chooses so, until everything is quiet and the jobs run.</summary>
    /// <param name="start">Builds the app of the build before.</param>
    public IdempotencyProof<TApp> EarlierBuild(Func<ProofProcess, Task<TApp>> start)
    {
        ArgumentNullException.ThrowIfNull(start);
        _plan.StartEarlier = async process => await start(process);
        return this;
    }

    /// <summary>
    /// Has the store refuse rows for good where the explorer chooses so, and then each time: by an <see cref="ArgumentException"/>, as a row that is too large, or a column of a type that it does
    /// not take.
    /// </summary>
    /// <param name="mayRefuse">Which writes: of your rows, not of this library's.</param>
    public IdempotencyProof<TApp> MayRefuse(Func<RowWrite, bool> mayRefuse)
    {
        ArgumentNullException.ThrowIfNull(mayRefuse);
        _plan.MayRefuse = mayRefuse;
        return this;
    }

    /// <summary>Adds a caller, who tries until the answer is final: after a crash in another process, after an answer that says so in the same one.</summary>
    /// <param name="name">The caller's name in stories.</param>
    /// <param name="operation">Which operation it calls: all callers of one are told the same, and each outside effect happens once for it.</param>
    /// <param name="attempt">One attempt.</param>
    /// <param name="process">Callers that name the same process meet in it. By default each has one of its own.</param>
    public IdempotencyProof<TApp> Call(string name, string operation, Func<TApp, Task<ProofAnswer>> attempt, string? process = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(operation);
        _plan.Calls.Add(new PlannedCall(name, operation, process, MayGiveUp: false, (app, _) => attempt((TApp)app)));
        return this;
    }

    /// <summary>Adds a caller who may also give up in the middle: its token is cancelled, and it tries again while the attempt may still run.</summary>
    /// <param name="name">The caller's name in stories.</param>
    /// <param name="operation">Which operation it calls.</param>
    /// <param name="attempt">One attempt; its token is what the server sees when the connection is gone.</param>
    /// <param name="process">Callers that name the same process meet in it. By default each has one of its own.</param>
    public IdempotencyProof<TApp> ImpatientCall(string name, string operation, Func<TApp, CancellationToken, Task<ProofAnswer>> attempt, string? process = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(operation);
        _plan.Calls.Add(new PlannedCall(name, operation, process, MayGiveUp: true, (app, token) => attempt((TApp)app, token)));
        return this;
    }

    /// <summary>Adds a consumer of a queue. What is in the queue, be it put there or sent, is delivered until it is settled.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="consume">Consumes one delivery and says how it is settled.</param>
    /// <param name="operation">Which operation a message that was sent stands for, where several belong to one, such as the wake-ups of a saga. By default each message id is one.</param>
    public IdempotencyProof<TApp> Consumer(string queue, Func<TApp, InboundMessage, Task<Settlement>> consume, Func<InboundMessage, string?>? operation = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        _plan.Consumers.Add(queue, new PlannedConsumer((app, message) => consume((TApp)app, message), operation));
        return this;
    }

    /// <summary>
    /// Adds a consumer that takes several messages of a queue at once, those of a session apart. Each is settled by itself; what was given back, or was never settled, comes again.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="consume">Consumes one batch and says how each message of it is settled, in their order.</param>
    /// <param name="maxMessages">The most messages of a batch. Default 100, at least 1.</param>
    public IdempotencyProof<TApp> BatchConsumer(string queue, Func<TApp, IReadOnlyList<InboundMessage>, Task<IReadOnlyList<Settlement>>> consume, int maxMessages = 100)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentNullException.ThrowIfNull(consume);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMessages, 1);
        _plan.BatchConsumers.Add(queue, new PlannedBatchConsumer((app, messages) => consume((TApp)app, messages), maxMessages));
        return this;
    }

    /// <summary>Puts a message into a queue before the run begins. Add a second copy of it to have its sender send it twice.</summary>
    /// <param name="queue">The queue; it needs a consumer.</param>
    /// <param name="message">The message.</param>
    /// <param name="operation">Which operation it stands for: each outside effect happens once for it. By default the message's id.</param>
    public IdempotencyProof<TApp> Message(string queue, InboundMessage message, string? operation = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        var name = message.Subject ?? message.MessageId ?? "a message";
        _plan.Messages.Add(new PlannedMessage(queue, name, operation ?? message.MessageId ?? name, message));
        return this;
    }

    /// <summary>Adds a background job, such as a sweep. Once everything else is quiet, the jobs run in rounds for as long as something is left.</summary>
    /// <param name="name">The job's name in stories.</param>
    /// <param name="run">One round of it.</param>
    /// <param name="always">Run one round even where nothing is left. Default false.</param>
    public IdempotencyProof<TApp> Job(string name, Func<TApp, Task> run, bool always = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _plan.Jobs.Add((name, app => run((TApp)app)));
        _plan.AlwaysRunsJobs |= always;
        return this;
    }

    /// <summary>Adds what must hold after every run.</summary>
    /// <param name="name">What holds.</param>
    /// <param name="check">Says what is wrong, or null where nothing is. What it throws, such as an assertion of your test framework, counts as wrong.</param>
    public IdempotencyProof<TApp> Invariant(string name, Func<ProofEnd, Task<string?>> check)
    {
        _plan.Invariants.Add((name, check));
        return this;
    }

    /// <summary>Adds what the background jobs bring about at last: they run for as long as it does not hold, and at the end it must.</summary>
    /// <param name="name">What holds.</param>
    /// <param name="check">Says what is still to be done, or null where nothing is.</param>
    public IdempotencyProof<TApp> Eventually(string name, Func<ProofEnd, Task<string?>> check)
    {
        _plan.Eventually.Add((name, check));
        return this;
    }

    /// <summary>Adds what must be the same after every run as after the undisturbed one (law 4): describe rows, balances, messages; leave out times and attempts.</summary>
    public IdempotencyProof<TApp> SameEnd(Func<ProofEnd, Task<string>> describe)
    {
        _plan.EndState = describe;
        return this;
    }

    /// <summary>Allows records in progress, unsent messages and unended sagas to be left at the end. By default they are failures.</summary>
    public IdempotencyProof<TApp> MayLeaveUnfinished()
    {
        _plan.MayLeaveUnfinished = true;
        return this;
    }

    /// <summary>Allows messages to be dead-lettered. By default that is a failure.</summary>
    public IdempotencyProof<TApp> MayDeadLetter()
    {
        _plan.MayDeadLetter = true;
        return this;
    }

    /// <summary>Runs the proof.</summary>
    /// <returns>What was looked at. Print it: a proof that explores nothing proves nothing.</returns>
    /// <exception cref="ProofFailedException">A schedule was found after which something is wrong.</exception>
    /// <exception cref="InvalidOperationException">The code does something that the proof does not control.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public Task<ProofReport> RunAsync()
    {
        Options.ThrowIfInvalid();
        return OnItsOwnThread(() => new Explorer(_plan, Options).Explore());
    }

    /// <summary>Runs one schedule again, as a failure names it.</summary>
    /// <exception cref="ProofFailedException">It still fails.</exception>
    /// <exception cref="FormatException">It is no schedule.</exception>
    public Task ReplayAsync(string schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var parsed = Schedule.Parse(schedule);
        return OnItsOwnThread(() =>
        {
            new Explorer(_plan, Options).Replay(parsed);
            return true;
        });
    }

    // A thread of its own: no test framework's context is in the way of the proof's scheduler.
    private static Task<T> OnItsOwnThread<T>(Func<T> action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
