namespace ServerlessIdempotency.Testing.Scheduling;

/// <summary>Runs the continuations of one process on the loop's thread. Once the process is dead, none of them runs any more: that is what a crash is.</summary>
internal sealed class ProcessScheduler(ControlledLoop loop) : TaskScheduler
{
    public override int MaximumConcurrencyLevel => 1;

    public bool IsDead { get; private set; }

    public void Kill() => IsDead = true;

    public void Post(Action action) => new Task(action, CancellationToken.None, TaskCreationOptions.DenyChildAttach).Start(this);

    public void Run(Task task)
    {
        if (!IsDead)
        {
            TryExecuteTask(task);
        }
    }

    protected override void QueueTask(Task task) => loop.Enqueue(this, task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && !IsDead && loop.IsCurrent && Current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
