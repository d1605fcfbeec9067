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
        var probing = new PaymentReader(store.Object, time).ProbeAsync(CancellationToken.None);
        Assert.False(probing.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(4));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => probing);
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_no_fault_of_the_store()
    {
        var store = new Mock<IRowStore>();
        store.Setup(port => port.ReadAsync(It.IsAny<RowAddress>(), It.IsAny<CancellationToken>())).Returns<RowAddress, CancellationToken>((_, cancellationToken) =>
            Task.FromCanceled<Row?>(cancellationToken));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new PaymentReader(store.Object, new FakeTimeProvider()).ProbeAsync(new CancellationToken(canceled: true)));
    }
}
