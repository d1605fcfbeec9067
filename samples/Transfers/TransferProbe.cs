using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;

namespace Transfers;

public sealed class TransferProbe(Bank bank) : IOperationProbe
{
    public async Task<ProbeOutcome<HandlerOutcome<OperationResult>>> ProbeAsync(OperationContext context, CancellationToken cancellationToken)
    {
        for (var epoch = 1L; epoch < context.Epoch; epoch++)
        {
            if (await bank.FindOrPreventAsync($"{context.StableKey("transfer")}#{epoch}", cancellationToken) is { } transfer)
            {
                return new ProbeOutcome<HandlerOutcome<OperationResult>>.Happened(
                    HandlerOutcome.Completed(new OperationResult(201, [KeyValuePair.Create("Location", $"/transfers/{transfer}")], default)));
            }
        }

        return new ProbeOutcome<HandlerOutcome<OperationResult>>.Prevented();
    }
}
