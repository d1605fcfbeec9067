using Microsoft.AspNetCore.Mvc;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Execution;

namespace Transfers;

[ApiController]
[Route("probed-transfers")]
public sealed class ProbedTransfersController(Bank bank) : ControllerBase
{
    [HttpPost]
    [Idempotent(CrashPolicy = CrashPolicy.Probe, ProbeType = typeof(TransferProbe))]
    public async Task<IActionResult> MakeAsync(Transfer transfer, CancellationToken cancellationToken)
    {
        var operation = HttpContext.GetOperation()!;

        // 12 is not reached at the first attempt only.
        var amount = transfer.Amount == 12 && operation.Epoch > 1 ? 1 : transfer.Amount;
        return Created($"/transfers/{await bank.TransferAsync($"{operation.StableKey("transfer")}#{operation.Epoch}", amount, cancellationToken)}", null);
    }
}
