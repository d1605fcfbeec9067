namespace Payments.Orders;

/// <summary>The last segments of the <c>type</c> of the problems that orders, stock and parked work answer with (RFC 9457).</summary>
internal static class OrderProblemTypes
{
    /// <summary>400: members of the body are wrong; <c>errors</c> names each.</summary>
    public const string Invalid = "request-invalid";

    /// <summary>404: there is no such order, stock or parked work for this caller.</summary>
    public const string NotFound = "not-found";

    /// <summary>409: the user has another order under this reference.</summary>
    public const string ReferenceTaken = "order-reference-taken";

    /// <summary>409: orders hold more than the quantity.</summary>
    public const string BelowReserved = "stock-below-reserved";

    /// <summary>409: another decision stands.</summary>
    public const string DecidedOtherwise = "parked-decided-otherwise";

    /// <summary>503: too many callers change the same thing; try again.</summary>
    public const string Contended = "contended";
}
