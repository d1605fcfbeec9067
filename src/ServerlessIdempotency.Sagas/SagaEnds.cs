using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Telemetry;

namespace ServerlessIdempotency.Sagas;

/// <summary>What definitions add where a saga ends or is parked. Whatever is wrong with that is contained: it neither repeats a step nor keeps a saga from being parked.</summary>
internal sealed class SagaEnds(SagaDefinitions definitions, ILogger logger, IdempotencyMetrics? metrics)
{
    /// <returns>What is added, or what is at fault with it.</returns>
    public async Task<(SagaEffects Effects, string? Fault)> DescribeAsync(SagaAddress address, SagaSnapshot saga, CancellationToken cancellationToken)
    {
        if ((!saga.HasEnded && saga.Status != SagaStatus.Parked) || saga.IsParkedAtEnd || saga.EndsWithoutEffects)
        {
            return (SagaEffects.None, null);
        }

        try
        {
            return (await definitions[saga.Definition].DescribeEndAsync(address, saga, cancellationToken) ?? SagaEffects.None, null);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return (SagaEffects.None, Tell(address, saga, $"{exception.GetType().Name}: {exception.Message}", exception));
        }
    }

    public string Tell(SagaAddress address, SagaSnapshot saga, string fault, Exception? exception)
    {
        metrics?.SagaFault(saga.Definition, "end");
        logger.SagaEndFailed(address.Row, fault, exception);
        return fault;
    }
}
