namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>How the other side answers one call.</summary>
public enum Answer
{
    Well,
    Rejects,
    IsBusy,
    LosesReply,
    LosesRequest,
    Throws,
    NeverAnswers,
    CannotTell,
    KillsProcess,
    SaysTooMuch,
    WritesTooMuch,
}
