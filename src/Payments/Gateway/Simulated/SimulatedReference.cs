using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ServerlessIdempotency.Rows;

namespace Payments.Gateway.Simulated;

/// <summary>The simulated gateway's name of a charge: <c>sim_</c>, 16 hex digits of the account's hash and the charge's key. It tells the row.</summary>
internal readonly partial record struct SimulatedReference(string AccountHash, string Key)
{
    public PartitionAddress Partition => new(PaymentsTables.GatewayCharges, AccountHash);

    public string RowKey => SimulatedCharge.KeyPrefix + Key;

    /// <summary>Says that a first attempt under this key was made and failed as its payment method asks.</summary>
    public string AttemptRowKey => $"attempt|{Key}";

    public static SimulatedReference Of(string accountId, string key) => KeyPattern().IsMatch(key)
        ? new SimulatedReference(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(accountId)).AsSpan(0, 8)), key)
        : throw new ArgumentException("A key of the simulated gateway has 1 to 255 letters, digits, dots, hyphens and underscores.", nameof(key));

    public static bool TryParse(string text, out SimulatedReference reference)
    {
        var match = Pattern().Match(text);
        reference = match.Success ? new SimulatedReference(match.Groups[1].Value, match.Groups[2].Value) : default;
        return match.Success;
    }

    public override string ToString() => $"sim_{AccountHash}_{Key}";

    [GeneratedRegex(@"\Asim_([0-9a-f]{16})_([A-Za-z0-9._-]{1,255})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyPattern();
}
