using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Payments.Api;
using Payments.Parked;

namespace Payments.Functions.Http;

/// <summary>The routes by which people look after the app: parked work, dead letters, unsent messages, the simulators and its health.</summary>
public sealed class OperatorFunctions(PaymentsApi payments, ParkedApi parked, MessagingApi messaging)
{
    [Function(nameof(ListParked))]
    public Task<IResult> ListParked([HttpTrigger(AuthorizationLevel.Function, "get", Route = PaymentsRoutes.ListParked)] HttpRequest request, CancellationToken cancellationToken) =>
        parked.ListAsync(request, cancellationToken);

    [Function(nameof(ResolveParked))]
    public Task<IResult> ResolveParked([HttpTrigger(AuthorizationLevel.Function, "post", Route = PaymentsRoutes.ResolveParked)] HttpRequest request, CancellationToken cancellationToken) =>
        parked.ResolveAsync(request, request.RouteValue("id"), cancellationToken);

    // From here on a route shows or moves what belongs to every merchant. A caller's own key must not open it (law 10); the master key does.
    [Function(nameof(ListDeadLetters))]
    public Task<IResult> ListDeadLetters([HttpTrigger(AuthorizationLevel.Admin, "get", Route = PaymentsRoutes.ListDeadLetters)] HttpRequest request, CancellationToken cancellationToken) =>
        messaging.DeadLettersAsync(request.RouteValue("queue"), cancellationToken);

    [Function(nameof(ResubmitDeadLetter))]
    public Task<IResult> ResubmitDeadLetter([HttpTrigger(AuthorizationLevel.Admin, "post", Route = PaymentsRoutes.ResubmitDeadLetter)] HttpRequest request, CancellationToken cancellationToken) =>
        messaging.ResubmitAsync(request.RouteValue("queue"), request.RouteValue("sequenceNumber"), cancellationToken);

    [Function(nameof(DiscardDeadLetter))]
    public Task<IResult> DiscardDeadLetter([HttpTrigger(AuthorizationLevel.Admin, "post", Route = PaymentsRoutes.DiscardDeadLetter)] HttpRequest request, CancellationToken cancellationToken) =>
        messaging.DiscardAsync(request, request.RouteValue("queue"), request.RouteValue("sequenceNumber"), cancellationToken);

    [Function(nameof(ListDiscardedLetters))]
    public Task<IResult> ListDiscardedLetters([HttpTrigger(AuthorizationLevel.Admin, "get", Route = PaymentsRoutes.ListDiscardedLetters)] HttpRequest request, CancellationToken cancellationToken) =>
        messaging.DiscardedAsync(request.RouteValue("queue"), cancellationToken);

    [Function(nameof(ListUnsentMessages))]
    public Task<IResult> ListUnsentMessages([HttpTrigger(AuthorizationLevel.Admin, "get", Route = PaymentsRoutes.ListUnsentMessages)] HttpRequest request, CancellationToken cancellationToken) =>
        messaging.UnsentAsync(cancellationToken);

    [Function(nameof(RetryUnsentMessage))]
    public Task<IResult> RetryUnsentMessage([HttpTrigger(AuthorizationLevel.Admin, "post", Route = PaymentsRoutes.RetryUnsentMessage)] HttpRequest request, CancellationToken cancellationToken) =>
        messaging.RetryUnsentAsync(request.RouteValue("id"), cancellationToken);

    [Function(nameof(GetSimulatorCharges))]
    public Task<IResult> GetSimulatorCharges([HttpTrigger(AuthorizationLevel.Admin, "get", Route = PaymentsRoutes.GetSimulatorCharges)] HttpRequest request, CancellationToken cancellationToken) =>
        payments.ChargesAsync(request, cancellationToken);

    [Function(nameof(GetSimulatorMailbox))]
    public Task<IResult> GetSimulatorMailbox([HttpTrigger(AuthorizationLevel.Admin, "get", Route = PaymentsRoutes.GetSimulatorMailbox)] HttpRequest request, CancellationToken cancellationToken) =>
        messaging.MailboxAsync(cancellationToken);

    // Whatever asks after an app's health has no key, and learns nothing but that.
    [Function(nameof(GetHealth))]
    public Task<IResult> GetHealth([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = PaymentsRoutes.GetHealth)] HttpRequest request, CancellationToken cancellationToken) =>
        payments.HealthAsync(cancellationToken);
}
