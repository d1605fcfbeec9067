using System.Text.Json.Serialization;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>A step whose other side answers by a script; when that is used up, well.</summary>
internal sealed partial class ScriptedStep(string name, SagaWorld world, MortalProcess process) : SagaStep
{
    public override string Name => name;

    public override int MaxAttempts => 4;

    public override int MaxCompensationAttempts => 3;

    public override async Task<StepOutcome> ExecuteAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        world.Called(name, context.StableKey);
        process.Pass($"before {name}");
        var answer = world.NextAnswer(name);
        if (answer == Answer.KillsProcess)
        {
            process.Die($"in {name}");
        }

        var done = answer is Answer.Well or Answer.LosesReply or Answer.SaysTooMuch or Answer.WritesTooMuch && world.OtherSide.Apply(name, context.StableKey);
        process.Pass($"after {name}");
        switch (answer)
        {
            case Answer.Well:
                return done
                    ? StepOutcome.Give($"{name} of {context.Input(ScriptJson.Default.String)}", ScriptJson.Default.String) with { Effects = EffectsOf(context) }
                    : new StepOutcome.Rejected("It was undone before.");
            case Answer.SaysTooMuch:
                return StepOutcome.Give(new string('x', 20_000), ScriptJson.Default.String) with { Effects = EffectsOf(context) };
            case Answer.WritesTooMuch:
                return new StepOutcome.Done { Effects = new SagaEffects { Rows = [.. Enumerable.Range(0, 100).Select(number => RowWrite.Insert($"line|{number}", new Dictionary<string, object>()))] } };
            case Answer.Rejects:
                return new StepOutcome.Rejected($"No {name} today.");
            case Answer.IsBusy:
                return new StepOutcome.Retryable($"{name} is busy.", TimeSpan.FromSeconds(3));
            case Answer.NeverAnswers:
                world.Hangs.TrySetResult();
                await Task.Delay(Timeout * 10, world.Time, CancellationToken.None);
                return new StepOutcome.Rejected("Too late to matter.");
            case Answer.Throws:
                throw new InvalidOperationException($"{name} threw.");
            default:
                return new StepOutcome.OutcomeUnknown($"The reply of {name} was lost.");
        }
    }

    public override Task<ProbeOutcome> ProbeAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        process.Pass($"before asking about {name}");
        ProbeOutcome outcome = world.NextAnswer("ask " + name) switch
        {
            Answer.CannotTell => new ProbeOutcome.CannotTell("Our records are gone."),
            Answer.IsBusy => new ProbeOutcome.Unreachable("No line."),
            Answer.Rejects => new ProbeOutcome.Rejected($"No {name} today."),
            Answer.Throws => throw new InvalidOperationException($"Asking about {name} threw."),
            _ when world.OtherSide.Knows(context.StableKey) => new ProbeOutcome.Happened { Effects = EffectsOf(context) },
            _ => new ProbeOutcome.NotHappened(),
        };
        process.Pass($"after asking about {name}");
        return Task.FromResult(outcome);
    }

    public override Task<CompensationOutcome> CompensateAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        process.Pass($"before undoing {name}");
        var answer = world.NextAnswer("undo " + name);
        if (answer == Answer.KillsProcess)
        {
            process.Die($"in undoing {name}");
        }

        if (answer is Answer.Well or Answer.LosesReply)
        {
            world.OtherSide.Undo(name, context.StableKey);
        }

        process.Pass($"after undoing {name}");
        return Task.FromResult<CompensationOutcome>(answer switch
        {
            Answer.Well => new CompensationOutcome.Done(),
            Answer.Rejects => new CompensationOutcome.Failed($"{name} can't be undone."),
            Answer.Throws => throw new InvalidOperationException($"Undoing {name} threw."),
            _ => new CompensationOutcome.Retryable($"Undoing {name} failed."),
        });
    }

    // The last step brings a business row and a message along.
    private SagaEffects EffectsOf(SagaStepContext context) => name != "confirm"
        ? SagaEffects.None
        : new SagaEffects
        {
            Rows = [RowWrite.Insert("confirmed|" + context.Saga.Id, new Dictionary<string, object>())],
            Messages = [new OutboxMessage("events", "confirmed"u8.ToArray())],
        };

    [JsonSerializable(typeof(string))]
    internal sealed partial class ScriptJson : JsonSerializerContext;
}
