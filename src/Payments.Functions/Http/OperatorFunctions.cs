using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Payments.Api;

namespace Payments.Functions.Http;

/// <summary>The routes by which people look after the app: parked work, dead letters, unsent messages, the simulators and its health.</summary>
public sealed class OperatorFunctions(PaymentsApi api)
{
    [Function(nameof(ListParked))]
    public Task<IResult> ListParked([HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/parked")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(ListParked), api, request, cancellationToken);

    [Function(nameof(ResolveParked))]
    public Task<IResult> ResolveParked([HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/parked/{id}/resolve")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(ResolveParked), api, request, cancellationToken);

    // From here on a route shows or moves what belongs to every merchant. A caller's own key must not open it (law 10); the master key does.
    [Function(nameof(ListDeadLetters))]
    public Task<IResult> ListDeadLetters([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "api/dead-letters/{queue}")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(ListDeadLetters), api, request, cancellationToken);

    [Function(nameof(ResubmitDeadLetter))]
    public Task<IResult> ResubmitDeadLetter([HttpTrigger(AuthorizationLevel.Admin, "post", Route = "api/dead-letters/{queue}/{sequenceNumber}/resubmit")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(ResubmitDeadLetter), api, request, cancellationToken);

    [Function(nameof(ListUnsentMessages))]
    public Task<IResult> ListUnsentMessages([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "api/unsent-messages")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(ListUnsentMessages), api, request, cancellationToken);

    [Function(nameof(RetryUnsentMessage))]
    public Task<IResult> RetryUnsentMessage([HttpTrigger(AuthorizationLevel.Admin, "post", Route = "api/unsent-messages/{id}/retry")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(RetryUnsentMessage), api, request, cancellationToken);

    [Function(nameof(GetSimulatorCharges))]
    public Task<IResult> GetSimulatorCharges([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "api/simulator/charges")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(GetSimulatorCharges), api, request, cancellationToken);

    [Function(nameof(GetSimulatorMailbox))]
    public Task<IResult> GetSimulatorMailbox([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "api/simulator/mailbox")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(GetSimulatorMailbox), api, request, cancellationToken);

    // Whatever asks after an app's health has no key, and learns nothing but that.
    [Function(nameof(GetHealth))]
    public Task<IResult> GetHealth([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "healthz")] HttpRequest request, CancellationToken cancellationToken) =>
        PaymentsRoutes.AnswerAsync(nameof(GetHealth), api, request, cancellationToken);
}
