namespace Payments.Orders;

/// <summary>A step of an order, in plain words.</summary>
/// <param name="Name">The step: <c>reserve-stock</c>, <c>charge</c> or <c>confirm</c>.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="UndoAttempts">How often it was tried to undo it.</param>
/// <param name="Reason">Why it did not go well the last time.</param>
internal sealed record OrderStepView(string Name, string Status, int Attempts, int UndoAttempts, string? Reason);
