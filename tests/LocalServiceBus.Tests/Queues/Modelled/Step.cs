namespace LocalServiceBus.Tests.Queues.Modelled;

/// <summary>A random step. What the numbers mean depends on the kind: a choice among what is there, a time, a count.</summary>
internal sealed record Step(StepKind Kind, int First, int Second, int Third);
