using Microsoft.Extensions.Time.Testing;
using Payments.Gateway;
using Payments.Gateway.Stripe;
using TestDoubles.Stripe;
using ChargeOutcome = Payments.Gateway.ChargeOutcome;

namespace Payments.Tests.Stripe;

/// <summary>The intent is recorded before it is confirmed: then neither what Stripe forgets nor who is late makes a second charge.</summary>
public sealed class StripeRecordedIntentTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly StripeAtTheBoundary _stripe;
    private readonly StripePaymentGateway _gateway;
    private readonly ChargeRequest _request;
    private string? _recorded;

    public StripeRecordedIntentTests()
    {
        _stripe = new StripeAtTheBoundary(_time);
        _gateway = Gateways.Over(_stripe, _time);
        _request = new ChargeRequest("stable-1", "acct-1", 1250, "EUR", "pm_card_visa", Capture: true, _time.GetUtcNow()) { PrepareOnce = async (prepare, token) => _recorded ??= await prepare(token) };
    }

    public void Dispose() => _stripe.Dispose();

    // Guards the record before the confirmation. Its intent is made under a name that its successor, a day later, does not come to, and nothing is found by the search.
    [Fact]
    public async Task An_attempt_that_was_taken_over_before_it_recorded_confirms_nothing()
    {
        _stripe.FailAt("POST payment_intents", StripeFailure.BeforeItsEffect);
        await Assert.ThrowsAsync<GatewayUnavailableException>(() => _gateway.ChargeAsync(_request, default));
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goesOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var creations = 0;
        _stripe.OnTheWay = line =>
        {
            if (line == "POST payment_intents" && ++creations == 2)
            {
                held.SetResult();
                return goesOn.Task;
            }

            return Task.CompletedTask;
        };
        using var takenOver = new CancellationTokenSource();
        var late = _gateway.ChargeAsync(_request with { PrepareOnce = RecordRefusedAsync }, takenOver.Token);
        await held.Task;
        _time.Advance(TimeSpan.FromHours(25));

        Assert.IsType<ChargeOutcome.Charged>(await _gateway.ChargeAsync(_request, default));
        goesOn.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late);
        Assert.Equal(["succeeded", "requires_confirmation"], _stripe.Statuses);

        // As the engine does it where somebody else has the claim.
        async Task<string> RecordRefusedAsync(Func<CancellationToken, Task<string>> prepare, CancellationToken token)
        {
            await prepare(token);
            await takenOver.CancelAsync();
            throw new OperationCanceledException(takenOver.Token);
        }
    }

    [Fact]
    public async Task A_recorded_intent_is_made_once_and_never_searched_for()
    {
        _stripe.OnTheWay = line => line.EndsWith("/confirm", StringComparison.Ordinal) ? throw new HttpRequestException("No route.") : Task.CompletedTask;
        await Assert.ThrowsAsync<GatewayUnavailableException>(() => _gateway.ChargeAsync(_request, default));
        _stripe.OnTheWay = null;
        _time.Advance(TimeSpan.FromHours(25));

        Assert.Equal("pi_1", Assert.IsType<ChargeOutcome.Charged>(await _gateway.ChargeAsync(_request, default)).Charge.Reference);
        Assert.Equal("pi_1", Assert.IsType<PreventOutcome.Charged>(await _gateway.PreventAsync(_request, default)).Charge.Reference);
        Assert.Equal(["succeeded"], _stripe.Statuses);
        Assert.Single(_stripe.Lines, "POST payment_intents");
        Assert.DoesNotContain(_stripe.Lines, line => line.Contains("search", StringComparison.Ordinal));
    }

    // Guards that the handler hands the record on: over the engine, an attempt that failed at the confirmation leaves the intent's id behind, and the next one makes none.
    [Fact]
    public async Task A_payment_records_its_intent_as_a_step()
    {
        using var bench = new Bench(_ => _gateway);
        _stripe.OnTheWay = line => line.EndsWith("/confirm", StringComparison.Ordinal) ? throw new HttpRequestException("No route.") : Task.CompletedTask;
        Assert.Equal(503, Bench.ResultOf(await bench.CreateAsync(Bench.Command(method: "pm_card_visa"))).StatusCode);
        _stripe.OnTheWay = null;

        Assert.Equal("pi_1", (await bench.CreatedAsync(Bench.Command(method: "pm_card_visa"))).GatewayReference);
        Assert.Single(_stripe.Lines, "POST payment_intents");
        Assert.Equal(["succeeded"], _stripe.Statuses);
    }
}
