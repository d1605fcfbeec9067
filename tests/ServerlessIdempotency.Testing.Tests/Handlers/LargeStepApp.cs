using System.Text;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>
/// Makes an offer in a step, with a result of more than 64 KiB, and charges what was offered, under the offer's own number: were the step made again after that, there would be
/// another offer and another charge.
/// </summary>
internal sealed class LargeStepApp(ProofProcess process, IRowStore? store = null)
{
    private const int NumberLength = 32;

    private static readonly string LongText = new('.', 70 * 1024);

    private readonly IdempotencyEngine _engine = process.StartEngine(store);

    public async Task<ProofAnswer> PayAsync()
    {
        var answer = ProofAnswer.Of(await _engine.ExecuteAsync(EngineApp.Operation(), HandleAsync, default));
        process.Shared(() => new PolicyEnds.Seen()).Unanswered += answer is ProofAnswer.Unanswered ? 1 : 0;
        return answer;
    }

    private async Task<HandlerOutcome<OperationResult>> HandleAsync(OperationContext context, CancellationToken cancellationToken)
    {
        var offer = await context.StepAsync(
            "offer",
            async (_, token) =>
            {
                await process.StepAsync("makes an offer", token);
                return Guid.NewGuid().ToString("N") + LongText;
            },
            TextJson.Default.String,
            cancellationToken);
        var charge = await process.Outside.CallAsync("charge", context.StableKey("charge") + offer[..NumberLength], () => "ch_1", cancellationToken);
        return HandlerOutcome.Completed(
            new OperationResult(201, [], Encoding.UTF8.GetBytes(charge)),
            rows: [RowWrite.Insert("payment|" + context.OperationHash, new Dictionary<string, object> { ["Charge"] = charge })]);
    }
}
