using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.TableStorage;

/// <summary>The end of a client's pipeline, where the network begins: each request waits there for the explorer.</summary>
/// <param name="process">The process that the client belongs to.</param>
/// <param name="network">The client's own transport.</param>
internal sealed class ControlledTransport(ProofProcess process, HttpPipelineTransport network) : HttpPipelineTransport
{
    public override Request CreateRequest() => network.CreateRequest();

    public override void Process(HttpMessage message) =>
        throw new NotSupportedException("A proof controls asynchronous calls only: call the …Async method of the client.");

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        // The SDK uses its message again for a repetition, so what is sent is a copy: it may arrive when nobody waits for it any more.
        var request = await SentRequest.OfAsync(message.Request).ConfigureAwait(false);
        var point = new ProofPoint<SentAnswer>(request.Text, () => request.SendAsync(network))
        {
            // A transaction names its table in its body only, so none commutes with another.
            Touches = ["Table Storage"],
            OnlyReads = request.Method == RequestMethod.Get,
            Failures =
            [
                Answered(429, "TooManyRequests", happens: false),
                Answered(500, "InternalError", happens: false),
                Answered(503, "ServerBusy", happens: false),
                .. request.Method == RequestMethod.Get ? (ProofFailure<SentAnswer>[])[] :
                [
                    Answered(500, "OperationTimedOut", happens: true),
                    new("the REPLY IS LOST", Happens: true, () => throw Broken()),
                ],
            ],
            WhenLate = request.Method == RequestMethod.Get ? null : () => throw Broken(),
            Describe = answer => answer.Status >= 400 ? $"{answer.Status} {answer.ErrorCode}" : null,
        };

        // Without a context: the SDK goes on right where the explorer decides, and never on the thread pool.
        message.Response = (await process.PassAsync(point, message.CancellationToken).ConfigureAwait(false)).ToResponse(message.Request.ClientRequestId);
    }

    private static ProofFailure<SentAnswer> Answered(int status, string errorCode, bool happens) => new(
        $"answered {status} {errorCode}{(happens ? " although it HAPPENED" : "")}", happens, () => Task.FromResult(SentAnswer.Error(status, errorCode)));

    // Status 0 with an inner exception is what the SDK's own transport throws for a broken connection.
    private static RequestFailedException Broken() => new("The connection broke before the reply came.", new IOException("Connection reset by peer."));
}
