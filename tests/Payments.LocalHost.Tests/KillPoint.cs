using TestDoubles.Storage;

namespace Payments.LocalHost.Tests;

/// <summary>A point in the life of a payment at which the host is killed: a call to the storage that is under way.</summary>
/// <param name="Name">What the call is for.</param>
/// <param name="IsOne">Which calls are meant.</param>
/// <param name="Moment">Whether the storage has done it.</param>
/// <param name="Number">The first of them that is held.</param>
/// <param name="Together">How many payments are at that point when the host is killed.</param>
/// <param name="IsLate">Whether the call reaches the storage all the same, after the retries of a later host.</param>
internal sealed record KillPoint(string Name, Func<StorageCall, bool> IsOne, CallMoment Moment, int Number, int Together, bool IsLate = false)
{
    /// <summary>Every write of a payment, before and after its effect, and those that could do harm when they come late.</summary>
    public static IReadOnlyList<KillPoint> All { get; } =
    [
        new("claim", IsClaim, CallMoment.BeforeEffect, 1, 8),
        new("claim", IsClaim, CallMoment.AfterEffect, 12, 8),
        new("charge", IsCharge, CallMoment.BeforeEffect, 5, 8),
        new("charge", IsCharge, CallMoment.AfterEffect, 3, 8),
        new("charge", IsCharge, CallMoment.BeforeEffect, 1, 8, IsLate: true),
        new("commit", IsCommit, CallMoment.BeforeEffect, 4, 8),
        new("commit", IsCommit, CallMoment.AfterEffect, 9, 8),
        new("commit", IsCommit, CallMoment.BeforeEffect, 2, 8, IsLate: true),
        new("sent message's row", IsSent, CallMoment.BeforeEffect, 2, 1),
        new("sent message's row", IsSent, CallMoment.AfterEffect, 1, 1),
    ];

    public HeldCalls Hold() => new(IsOne, Moment, Number, Together);

    public override string ToString() => $"{Name}, {(Moment == CallMoment.AfterEffect ? "done but not answered" : IsLate ? "on its way, arriving late" : "on its way, never arriving")}";

    private static bool IsClaim(StorageCall call) => call.Operation == StorageOperation.Insert && call.IsTo(PaymentsTables.Payments);

    private static bool IsCharge(StorageCall call) => call.Operation == StorageOperation.Insert && call.IsTo(PaymentsTables.GatewayCharges) && call.HasRow("charge|");

    private static bool IsCommit(StorageCall call) => call.Operation == StorageOperation.Transaction && call.IsTo(PaymentsTables.Payments);

    private static bool IsSent(StorageCall call) => call.Operation == StorageOperation.Delete && call.IsTo(PaymentsTables.Payments);
}
