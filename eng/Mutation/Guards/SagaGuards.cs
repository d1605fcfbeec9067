namespace Mutation.Guards;

/// <summary>A saga is advanced by one instance at a time, goes on after any crash and is never lost.</summary>
internal static class SagaGuards
{
    private const string Runner = "src/ServerlessIdempotency.Sagas/SagaRunner.cs";
    private const string Committer = "src/ServerlessIdempotency.Sagas/SagaCommitter.cs";
    private const string Steps = "src/ServerlessIdempotency.Sagas/SagaStepCaller.cs";
    private const string Machine = "src/ServerlessIdempotency.Sagas/SagaMachine.cs";
    private const string Transitions = "src/ServerlessIdempotency.Sagas/SagaTransitions.cs";
    private const string Parked = "src/ServerlessIdempotency.Sagas/ParkedSagas.cs";
    private const string Row = "src/ServerlessIdempotency.Sagas/SagaRow.cs";
    private const string Context = "src/ServerlessIdempotency.Sagas/SagaStepContext.cs";

    public static IReadOnlyList<Guard> All { get; } =
    [
        new(3, "saga: every transition carries the fence", Transitions, "RowWrite.Replace(address.Row.RowKey, next.ToValues(options.Retention), fence)", "RowWrite.Replace(address.Row.RowKey, next.ToValues(options.Retention), (await writer.Store.ReadAsync(address.Row, default))!.ETag)"),
        new(3, "saga: its row is the transaction's first", Transitions, "List<RowWrite> writes = [RowWrite.Replace(address.Row.RowKey, next.ToValues(options.Retention), fence), .. effects.Rows, .. own];", "List<RowWrite> writes = [.. effects.Rows, RowWrite.Replace(address.Row.RowKey, next.ToValues(options.Retention), fence), .. own];"),
        new(3, "saga: an instance that was taken over stops", Runner, "_logger.SagaLost(hold.Address.Row); return new SagaAdvanceOutcome.HeldElsewhere(Now, IsLatestWakeUp: false);", "_logger.SagaLost(hold.Address.Row);"),
        new(2, "saga: one that is held is not claimed", Runner, "_ when row.Owner is not null && Now < row.LeaseUntil + _options.ClockSkewMargin =>", "_ when false =>"),
        new(2, "saga: a takeover waits for the margin of the clocks", Runner, "Now < row.LeaseUntil + _options.ClockSkewMargin =>", "Now < row.LeaseUntil =>"),
        new(2, "saga: one that waits is not begun early", Runner, "{ WaitsUntil: { } until } when Now < until => new SagaAdvanceOutcome.Waiting(until, isLatestWakeUp),", ""),
        new(1, "saga: one that has ended stays as it is", Runner, "{ HasEnded: true } => new SagaAdvanceOutcome.Ended(saga), { Status: SagaStatus.Parked } => new SagaAdvanceOutcome.Parked(saga), _ when row", "{ Status: SagaStatus.Parked } => new SagaAdvanceOutcome.Parked(saga), _ when row"),
        new(1, "saga: one that is parked waits for a person", Runner, "{ HasEnded: true } => new SagaAdvanceOutcome.Ended(saga), { Status: SagaStatus.Parked } => new SagaAdvanceOutcome.Parked(saga), _ when row", "{ HasEnded: true } => new SagaAdvanceOutcome.Ended(saga), _ when row"),
        new(9, "saga: a wake-up that came too early says that it is the last", Runner, "var isLatestWakeUp = wakeUp >= saga.Transition;", "var isLatestWakeUp = false;"),
        new(9, "saga: a parked one is named before its state says so", Committer, "await ListAsync(hold.Address, next);", ""),
        new(4, "saga: a wake-up for the lease's end is committed with each call", Committer, "return (hold with { Saga = next, LeaseUntil = leaseUntil }, leaseUntil + options.ClockSkewMargin);", "return (hold with { Saga = next, LeaseUntil = leaseUntil }, null);"),
        new(4, "saga: that wake-up does not come before the margin", Committer, "leaseUntil + options.ClockSkewMargin);", "leaseUntil);"),
        new(2, "saga: the lease outlasts the step", Committer, "var leaseUntil = Now + machine.StepOf(active.Name).Timeout + options.LeaseMargin;", "var leaseUntil = Now + options.LeaseMargin;"),
        new(2, "saga: rows that stand in a step's way make it decide again", Committer, "return await PostponeAsync(hold, machine, before);", "return true;"),
        new(4, "saga: an exception leaves the outcome unknown", Steps, "fault => new StepOutcome.OutcomeUnknown(fault)", "fault => new StepOutcome.Rejected(fault)"),
        new(4, "saga: a probe that fails proves nothing", Steps, "fault => new ProbeOutcome.Unreachable(fault)", "fault => new ProbeOutcome.NotHappened()"),
        new(4, "saga: a step that ignores its token is left behind", Steps, "return await called.WaitAsync(either.Token) ?? throw", "return await called ?? throw"),
        new(4, "saga: an unknown outcome is asked for, not guessed", Machine, "unknown => Set(saga, step with { Status = SagaStepStatus.Unknown, Probes = 0, Reason = Shorten(unknown.Reason) }),", "unknown => Retry(saga, step, unknown.Reason, null, now),"),
        new(9, "saga: what the other side can't tell is parked", Machine, "ProbeOutcome.CannotTell cannotTell => Park(saga, step, $\"Its outcome is unknown, and the other side can't tell: {cannotTell.Reason}\", now),", "ProbeOutcome.CannotTell cannotTell => Retry(saga, step, cannotTell.Reason, null, now),"),
        new(4, "saga: a step whose instances keep dying is asked about", Machine, "if (step.Status == SagaStepStatus.Started && step.Attempts >= limit)", "if (false)"),
        new(4, "saga: what was begun is undone, whatever its answer was", Machine, "step => step.HasBegun && step.Status is not", "step => step.Status == SagaStepStatus.Done && step.Status is not"),
        new(4, "saga: what was never begun is not undone", Machine, "step => step.HasBegun && step.Status is not", "step => step.Status is not"),
        new(4, "saga: what a person had tried again is still undone", Machine, "Attempts = wasCompensating ? step.Attempts : 0,", "Attempts = wasCompensating ? step.Attempts : 0, HasBegun = wasCompensating && step.HasBegun,"),
        new(9, "saga: what a parked step brings along is not committed", Runner, "effects = SagaEffects.None;", ""),
        new(4, "saga: what is undone is not undone again", Machine, "is not (SagaStepStatus.Compensated or SagaStepStatus.NotCompensated)", "is not SagaStepStatus.NotCompensated"),
        new(4, "saga: it is undone from its end", Machine, "if (saga.Steps.LastOrDefault(step => step.HasBegun", "if (saga.Steps.FirstOrDefault(step => step.HasBegun"),
        new(9, "saga: a compensation that keeps failing is parked", Machine, "CompensationOutcome.Retryable retryable when step.CompensationAttempts < StepOf(step.Name).MaxCompensationAttempts =>", "CompensationOutcome.Retryable retryable when step.CompensationAttempts < int.MaxValue =>"),
        new(9, "saga: a compensation that keeps killing its instances is parked", Machine, "return last.CompensationAttempts < StepOf(last.Name).MaxCompensationAttempts ?", "return true ?"),
        new(14, "saga: what no transaction takes is not done again", Runner, "catch (Exception exception) when (exception is not (StoreUnavailableException or OperationCanceledException))", "catch (Exception exception) when (exception is null)"),
        new(14, "saga: that a step happened is kept where its result is not", Runner, "SagaMachine.ParkActive(saga, active, hasHappened, reason, Now)", "SagaMachine.ParkActive(saga, active, false, reason, Now)"),
        new(14, "saga: a result that can't be read is no other attempt", Machine, "catch (InvalidOperationException exception)", "catch (InvalidOperationException exception) when (exception is null)"),
        new(14, "saga: a step without room for its result is not begun", Machine, "_ when step.Status == SagaStepStatus.Pending && !HasRoom(saga) =>", "_ when false =>"),
        new(14, "saga: an end at fault repeats no step", Committer, "catch (Exception exception) when (end != SagaEffects.None && exception is not (StoreUnavailableException or OperationCanceledException))", "catch (Exception exception) when (exception is null)"),
        new(14, "saga: an end that throws is contained", "src/ServerlessIdempotency.Sagas/SagaEnds.cs", "catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)", "catch (Exception exception) when (exception is null)"),
        new(9, "saga: a list that can't be written keeps no saga from being parked", Committer, "catch (Exception exception) when (transitions.SendsMessages)", "catch (Exception exception) when (exception is null)"),
        new(4, "saga: its deadline begins with it", Runner, "Deadline = startedAt + found.Timeout,", "Deadline = startedAt.AddHours(-1) + found.Timeout,"),
        new(1, "saga: one of a later version is left alone", "src/ServerlessIdempotency.Sagas/SagaDefinitions.cs", "if (saga.Version > definition.Version)", "if (false)"),
        new(1, "saga: one with a step that is unknown is left alone", Runner, "why = current.Saga.HasEnded ? null : _definitions.WhyUnknown(current.Saga);", "why = null;"),
        new(9, "saga sweep: a wake-up that is parked in the outbox does not count", Transitions, "&& !OutboxRow.FromRow(row).IsParked)", ")"),
        new(9, "saga sweep: what a parked saga lacks in the list is listed", "src/ServerlessIdempotency.Sagas/SagaLook.cs", "await TryListAsync(open, saga) ? null : InVain(open, saga.Transition)", "null"),
        new(9, "saga sweep: one bad row is skipped", "src/ServerlessIdempotency.Sagas/SagaSweeper.cs", "if (exception is StoreUnavailableException && ++failures == MaxFailures)", "if (true)"),
        new(10, "saga sweep: another app's sagas are left to it", "src/ServerlessIdempotency.Sagas/SagaSweeper.cs", "foreach (var row in due.Where(_open.Owns))", "foreach (var row in due)"),
        new(9, "saga sweep: what can't be moved holds up nobody behind it", "src/ServerlessIdempotency.Sagas/SagaSweeper.cs", "after = due[^1].Address.RowKey;", ""),
        new(9, "saga sweep: pauses double", "src/ServerlessIdempotency.Sagas/SagaLook.cs", "Backoff.Pause(options.WakeAgainAfter, open.Looks, longest)", "options.WakeAgainAfter"),
        new(4, "saga: past its time no step is begun", Machine, "if (now < saga.Deadline ||", "if (true ||"),
        new(14, "saga: an unknown outcome is not undone by a clock", Machine, "|| next.Status is SagaStepStatus.Started or SagaStepStatus.Unknown)", ")"),
        new(14, "saga: past its time what was begun is asked about", Machine, "|| now >= saga.Deadline))", "))"),
        new(4, "saga: attempts are counted before they are made", Machine, "HasBegun = true, Attempts = step.Attempts + 1 }),", "HasBegun = true, Attempts = Math.Max(1, step.Attempts) }),"),
        new(4, "saga: a commit is not given up half-way", Transitions, "writer.WriteAsync(address.Partition, all, CancellationToken.None)", "writer.WriteAsync(address.Partition, all, new CancellationToken(true))"),
        new(4, "saga: a wake-up's id is the same however often it is tried", Transitions, """OperationHash.ComputeText("saga-wake-up", HashOf(address, transition))""", "Guid.NewGuid().ToString()"),
        new(6, "saga: each step has a stable key of its own", Context, "Address.Partition.PartitionKey, Address.Id, step);", "Address.Partition.PartitionKey, Address.Id);"),
        new(6, "saga: each saga has stable keys of its own", Context, "Address.Partition.PartitionKey, Address.Id, step);", "Address.Partition.PartitionKey, step);"),
        new(1, "saga: one of a later schema is refused", Row, "if (row.GetInt64(\"SchemaVersion\") is not SchemaVersion)", "if (false)"),
        new(3, "decision: it carries the version that was judged", Parked, "current with { Saga = next }, row.ETag, effects", "current with { Saga = next }, (await _transitions.Store.ReadAsync(address.Row, cancellationToken))!.ETag, effects"),
        new(1, "decision: it is meant for one parking only", Parked, "if (saga.Status != SagaStatus.Parked || saga.Parking != parking)", "if (saga.Status != SagaStatus.Parked)"),
        new(1, "decision: the first one stands", Parked, "return existing.Decision == decision ? new ResolveOutcome.Resolved(existing) : new ResolveOutcome.DecidedOtherwise(existing);", "return new ResolveOutcome.Resolved(existing);"),
        new(1, "decision: it is kept with its reason", Parked, "RowWrite[] own = [SagaDecisions.ToInsert(address, resolution), ..", "RowWrite[] own = [.."),
        new(9, "decision: it is kept while its saga is open, and then as long as the saga", "src/ServerlessIdempotency.Sagas/SagaLook.cs", "await transitions.Decisions.LetExpireAsync(address, saga, cancellationToken);", ""),
        new(9, "saga: one that is parked is counted", "src/ServerlessIdempotency.Sagas/SagaCommitter.cs", "metrics?.SagaParked(next.Definition);", ""),
        new(9, "saga: a step that throws is counted", "src/ServerlessIdempotency.Sagas/SagaStepCaller.cs", "metrics?.SagaFault(saga.Definition, \"step\");", ""),
        new(9, "saga: an end that throws is counted", "src/ServerlessIdempotency.Sagas/SagaEnds.cs", "metrics?.SagaFault(saga.Definition, \"end\");", ""),
        new(9, "saga: one that is not known here is counted", "src/ServerlessIdempotency.Sagas/SagaRunner.cs", "_metrics?.SagaNotKnown(current.Saga.Definition);", ""),
        new(9, "decision: the saga is woken", Parked, "row.ETag, effects, now, own);", "row.ETag, effects, null, own);"),
        new(9, "decision: what the step would have given goes along", Parked, "row.ETag, effects, now, own);", "row.ETag, SagaEffects.None, now, own);"),
        new(9, "parked list: one that can't be read hides no other", Parked, "catch (Exception exception) when (exception is InvalidDataException or ArgumentException)", "catch (Exception exception) when (exception is null)"),
        new(9, "parked list: a name counts only for its own parking", Parked, "saga is { Status: SagaStatus.Parked } && saga.Parking == parking", "saga is { Status: SagaStatus.Parked }"),
        new(9, "parked list: a name that may still become true stays", Parked, "else if (saga is null || saga.Transition >= parking)", "else if (true)"),
    ];
}
