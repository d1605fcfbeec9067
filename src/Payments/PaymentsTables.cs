namespace Payments;

/// <summary>The tables of the app, each name in one place: hosts create them, tests look into them.</summary>
internal static class PaymentsTables
{
    /// <summary>Payments, their ledger entries and the records of the operations that made them, a partition for each merchant and shard.</summary>
    public const string Payments = "Payments";

    /// <summary>What the simulated gateway really charged. It belongs to the gateway: no payment is ever committed together with it.</summary>
    public const string GatewayCharges = "GatewayCharges";

    /// <summary>Statements of accounts, a partition for each merchant and account, with the events applied to them.</summary>
    public const string Accounts = "Accounts";

    /// <summary>What the simulated mailbox received. It belongs to the mail system: no receipt is ever committed together with it.</summary>
    public const string Mailbox = "Mailbox";

    /// <summary>Orders, their sagas and the records of placing them, a partition for each merchant and shard.</summary>
    public const string Orders = "Orders";

    /// <summary>Stock and its reservations, a partition for each merchant and thing.</summary>
    public const string Stock = "Stock";

    /// <summary>Every table, for hosts that create them at their start.</summary>
    public static IReadOnlyList<string> All { get; } = [Payments, GatewayCharges, Accounts, Mailbox, Orders, Stock];

    /// <summary>Those in which records and processed events expire, for the purge.</summary>
    public static IReadOnlyList<string> WithExpiry { get; } = [Payments, Accounts, Orders];
}
