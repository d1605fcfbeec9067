using System.Globalization;
using Payments.Currencies;
using Payments.Gateway.Stripe;

namespace Payments.Tests.Currencies;

/// <summary>The app's currencies against the published list, so that none is missing and none has another minor unit.</summary>
public sealed class CurrencyTests
{
    private const string NoMinorUnit = "N.A.";

    // Amendments of ISO 4217 after the list beside this file.
    private static readonly string[] Withdrawn =
    [
        "ANG", // Curaçao and Sint Maarten have XCG since 2025-03-31.
        "BGN", // Bulgaria has EUR since 2026-01-01.
        "CUC", // Cuba has had CUP alone since 2021.
    ];

    private static readonly Dictionary<string, int> Added = new()
    {
        ["XAD"] = 2, // Arab accounting dinar, 2025-05.
        ["XCG"] = 2, // Caribbean guilder, 2025-03-31.
    };

    private static Dictionary<string, string> Published => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "iso-4217-list-one.csv"))
        .Where(line => !line.StartsWith('#'))
        .Select(line => line.Split(','))
        .ToDictionary(cells => cells[0], cells => cells[1]);

    [Fact]
    public void Codes_from_AAA_to_ZZZ_are_the_currencies_and_decimals_of_the_published_list()
    {
        var published = Published;
        Assert.True(published.Count > 170, "The list is not whole.");
        var expected = published.Where(entry => entry.Value != NoMinorUnit && !Withdrawn.Contains(entry.Key))
            .ToDictionary(entry => entry.Key, entry => int.Parse(entry.Value, CultureInfo.InvariantCulture))
            .Concat(Added)
            .ToDictionary();

        Assert.Equal(
            expected.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key} {entry.Value}"),
            AllCodes().Where(code => Currency.DecimalsOf(code) is not null).Select(code => $"{code} {Currency.DecimalsOf(code)}"));
    }

    [Theory]
    [InlineData("JPY", 0)]
    [InlineData("EUR", 2)]
    [InlineData("BHD", 3)]
    [InlineData("CLF", 4)]
    [InlineData("eur", null)]
    [InlineData("XXX", null)]
    [InlineData("XAU", null)]
    [InlineData("BGN", null)]
    public void Some_that_everyone_knows(string code, int? decimals) => Assert.Equal(decimals, Currency.DecimalsOf(code));

    // Stripe's own count of decimals, https://docs.stripe.com/currencies: an amount of one whole unit and what Stripe has to be sent for it.
    [Fact]
    public void One_whole_unit_of_every_currency_is_sent_to_Stripe_in_Stripes_decimals()
    {
        string[] none = ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];
        string[] three = ["BHD", "JOD", "KWD", "OMR", "TND"];

        // These Stripe does not charge in; what is sent is refused there by its currency.
        string[] unknownToStripe = ["CLF", "IQD", "LYD", "UYI", "UYW"];
        foreach (var code in AllCodes().Where(code => Currency.DecimalsOf(code) is not null).Except(unknownToStripe))
        {
            var one = (long)Math.Pow(10, Currency.DecimalsOf(code)!.Value);
            Assert.Equal((code, none.Contains(code) ? 1L : three.Contains(code) ? 1_000L : 100L), (code, StripeAmount.From(one, code)));
        }
    }

    private static IEnumerable<string> AllCodes() =>
        from first in Enumerable.Range('A', 26)
        from second in Enumerable.Range('A', 26)
        from third in Enumerable.Range('A', 26)
        select new string([(char)first, (char)second, (char)third]);
}
