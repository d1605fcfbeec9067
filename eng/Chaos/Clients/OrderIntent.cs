namespace Chaos.Clients;

/// <summary>An order that a client wants; its total is unique in its account.</summary>
internal sealed record OrderIntent(string User, string Reference, string Account, long Total, string Method, IReadOnlyList<OrderLine> Lines, KeyedRequest Place)
{
    public bool IsDeclined => Method == "pm_declined";
}
