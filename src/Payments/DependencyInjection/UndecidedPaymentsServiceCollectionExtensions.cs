using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Payments.Creating;
using Payments.Parked;
using Payments.Refunding;
using Payments.Undecided;

namespace Payments.DependencyInjection;

/// <summary>Registers what looks after payments of which nobody knows whether they are charged.</summary>
internal static class UndecidedPaymentsServiceCollectionExtensions
{
    public static void AddUndecidedPayments(this IServiceCollection services)
    {
        services.TryAddSingleton<UndecidedPayments>();
        services.TryAddSingleton<UndecidedPaymentOperation>();
        services.TryAddSingleton<UndecidedPaymentDecisions>();
        services.TryAddSingleton<PaymentCreation>();
        services.TryAddSingleton<PendingRefunds>();
        services.TryAddSingleton<RefundSettlement>();
        services.TryAddSingleton<PendingRefundSweeper>();
        services.TryAddSingleton<ParkedPayments>();
        services.TryAddSingleton(provider => new UndecidedPaymentSweeper(
            provider.GetRequiredService<UndecidedPayments>(),
            provider.GetRequiredService<UndecidedPaymentOperation>(),
            provider.GetRequiredService<ChargeInquiry>(),
            provider.GetRequiredService<PendingRefundSweeper>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<UndecidedPaymentSweeper>>()));
    }
}
