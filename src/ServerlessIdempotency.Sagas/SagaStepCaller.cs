using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Telemetry;

namespace ServerlessIdempotency.Sagas;

/// <summary>Calls the active step of a saga within the step's own time.</summary>
internal sealed class SagaStepCaller(TimeProvider timeProvider, ILogger logger, IdempotencyMetrics? metrics)
{
    /// <summary>Does what the active step is about to do: execute, ask or undo. Whatever it throws is an answer too.</summary>
    public async Task<SagaStepAnswer> CallAsync(SagaAddress address, SagaSnapshot saga, SagaStepSnapshot active, SagaMachine machine, CancellationToken cancellationToken)
    {
        var step = machine.StepOf(active.Name);
        var context = new SagaStepContext(address, saga, active.Name);
        switch (active.Status)
        {
            case SagaStepStatus.Started:
                var outcome = await WithinAsync<StepOutcome>(saga, step, token => step.ExecuteAsync(context, token), fault => new StepOutcome.OutcomeUnknown(fault), cancellationToken);
                return new(machine.Apply(saga, active, outcome, Now), (outcome as StepOutcome.Done)?.Effects ?? SagaEffects.None, outcome is StepOutcome.Done);
            case SagaStepStatus.Unknown:
                var probe = await WithinAsync<ProbeOutcome>(saga, step, token => step.ProbeAsync(context, token), fault => new ProbeOutcome.Unreachable(fault), cancellationToken);
                return new(machine.Apply(saga, active, probe, Now), (probe as ProbeOutcome.Happened)?.Effects ?? SagaEffects.None, probe is ProbeOutcome.Happened);
            default:
                var undone = await WithinAsync<CompensationOutcome>(saga, step, token => step.CompensateAsync(context, token), fault => new CompensationOutcome.Retryable(fault), cancellationToken);
                return new(machine.Apply(saga, active, undone, Now), (undone as CompensationOutcome.Done)?.Effects ?? SagaEffects.None, HasHappened: false);
        }
    }

    private DateTimeOffset Now => timeProvider.GetUtcNow();

    private async Task<T> WithinAsync<T>(SagaSnapshot saga, SagaStep step, Func<CancellationToken, Task<T>> call, Func<string, T> fault, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(step.Timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        Task<T>? called = null;
        try
        {
            // A step that ignores its token is left behind; its key makes it harmless.
            called = call(either.Token);
            return await called.WaitAsync(either.Token) ?? throw new InvalidOperationException("It gave null for an outcome.");
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The process stops. The wake-up for the end of the lease is committed; another instance goes on then.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception) when (timeout.IsCancellationRequested)
        {
            return fault($"No answer within {step.Timeout}.");
        }
        catch (Exception exception)
        {
            logger.SagaStepThrew(step.Name, exception);
            metrics?.SagaFault(saga.Definition, "step");
            return fault($"{exception.GetType().Name}: {exception.Message}");
        }
        finally
        {
            if (called is { IsCompleted: false })
            {
                _ = ObserveAsync(saga, step, called);
            }
        }
    }

    /// <summary>What a step that was left behind throws at last is told, and not lost.</summary>
    private async Task ObserveAsync(SagaSnapshot saga, SagaStep step, Task late)
    {
        try
        {
            await late;
        }
        catch (OperationCanceledException)
        {
            // It heard its token late.
        }
        catch (Exception exception)
        {
            logger.SagaStepThrewLate(step.Name, exception);
            metrics?.SagaFault(saga.Definition, "late step");
        }
    }
}
