namespace LocalServiceBus.Tests.Queues.Modelled;

/// <summary>What a random step does.</summary>
internal enum StepKind
{
    Send,
    Take,
    Complete,
    Abandon,
    Release,
    Defer,
    DeadLetter,
    Renew,
    ReceiveDeferred,
    CancelScheduled,
    Resubmit,
    Advance,
}
