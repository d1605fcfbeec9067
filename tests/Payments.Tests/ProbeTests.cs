using Microsoft.Extensions.Time.Testing;
using Moq;
using Payments.State;
using ServerlessIdempotency.Rows;

namespace Payments.Tests;

/// <summary>Whoever asks after the app's health gets an answer within five seconds.</summary>
public sealed class ProbeTests
{
    [Fact]
    public async Task A_store_that_hangs_is_told_to_be_away()
    {
        var time = new FakeTimeProvider();
        var store = new Mock<IRowStore>();
        store.Setup(port => port.ReadAsync(It.IsAny<RowAddress>(), It.IsAny<CancellationToken>())).Returns<RowAddress, CancellationToken>(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return null;
        });
        var probing = new PaymentReader(store.Object, new PaymentsOptions { HealthTimeout = TimeSpan.FromSeconds(3) }, time).ProbeAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));
        Assert.False(probing.IsCompleted);

        time.Advance(TimeSpan.FromTicks(1));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => probing);
    }

    [Fact]
    public void Without_a_setting_it_is_told_after_four_seconds() => Assert.Equal(TimeSpan.FromSeconds(4), new PaymentsOptions().HealthTimeout);

    [Fact]
    public async Task A_caller_who_gives_up_is_no_fault_of_the_store()
    {
        var store = new Mock<IRowStore>();
        store.Setup(port => port.ReadAsync(It.IsAny<RowAddress>(), It.IsAny<CancellationToken>())).Returns<RowAddress, CancellationToken>((_, cancellationToken) =>
            Task.FromCanceled<Row?>(cancellationToken));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new PaymentReader(store.Object, new PaymentsOptions(), new FakeTimeProvider()).ProbeAsync(new CancellationToken(canceled: true)));
    }
}
