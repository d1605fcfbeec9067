using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Payments.DependencyInjection;
using Payments.Gateway;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Rows;
using TestDoubles.Stripe;

namespace Payments.Tests.Stripe;

/// <summary>The gateway as the app registers it. Stripe's client repeats a call by itself whose reply was lost, so what it tells us first is a repeat already.</summary>
public sealed class StripeClientTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly StripeAtTheBoundary _stripe;
    private readonly ServiceProvider _services;

    public StripeClientTests()
    {
        _stripe = new StripeAtTheBoundary(_time);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton<IRowStore>(new InMemoryRowStore());
        services.AddPayments(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Gateway:Kind"] = "Stripe", ["Stripe:ApiKey"] = "sk_test_not_a_key" }).Build());
        services.AddHttpClient("Stripe").ConfigurePrimaryHttpMessageHandler(() => _stripe);
        _services = services.BuildServiceProvider();
    }

    public void Dispose()
    {
        _services.Dispose();
        _stripe.Dispose();
    }

    // Guards the client's retries, and that a repeated success is a success.
    [Theory]
    [InlineData("POST payment_intents")]
    [InlineData("POST payment_intents/pi_1/confirm")]
    [InlineData("POST refunds")]
    public async Task A_reply_that_was_lost_once_is_asked_for_again_and_nothing_is_made_twice(string call)
    {
        _stripe.OnTheWayBack = line =>
        {
            if (line == call)
            {
                _stripe.OnTheWayBack = null;
                throw new HttpRequestException("The connection was reset.");
            }

            return Task.CompletedTask;
        };
        var gateway = _services.GetRequiredService<IPaymentGateway>();

        Assert.IsType<ChargeOutcome.Charged>(await gateway.ChargeAsync(new ChargeRequest("stable-1", "acct-1", 1250, "EUR", "pm_card_visa", Capture: true, _time.GetUtcNow()), default));
        Assert.IsType<TransitionOutcome.Done>(await gateway.RefundAsync("pi_1", "pay_1.refund", default));

        Assert.Equal((1, 1), (_stripe.Statuses.Count, _stripe.Refunds.Count));
        Assert.Equal(2, _stripe.Lines.Count(line => line == call));
    }
}
