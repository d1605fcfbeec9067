using Azure.Core.Pipeline;
using Azure.Data.Tables;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.TableStorage;

/// <summary>Puts the clients of Table Storage under the control of a proof.</summary>
public static class ProofProcessTableExtensions
{
    // The explorer takes as long as it takes; a fault says by itself that no answer came.
    private static readonly TimeSpan NoTimeout = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Makes each HTTP request of a client a point of its process, the SDK's own repetitions included: it may be answered 429, 500 or 503, its reply may be lost, it
    /// may arrive late, and the process may die or stall before it and after it. Repetitions follow without a pause. Call it last where a client's options are
    /// set: <c>options.ConfigureClient = process.Control</c>.
    /// </summary>
    /// <param name="process">The process that the client belongs to.</param>
    /// <param name="options">The client's options, with its repetitions set.</param>
    public static void Control(this ProofProcess process, TableClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(options);
        options.Transport = new ControlledTransport(process, options.Transport);
        options.Retry.NetworkTimeout = NoTimeout;
        options.RetryPolicy = new RetryPolicy(options.Retry.MaxRetries, new NoPause());
    }
}
