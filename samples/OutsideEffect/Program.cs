using OutsideEffect;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Execution;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddIdempotency().AddInMemoryStore().AddHttp();
builder.Services.AddSingleton<Bank>();
builder.Services.AddSingleton<Mailer>();

var app = builder.Build();
app.MapPost("/payments", async (Payment payment, OperationContext operation, Bank bank, Mailer mailer, CancellationToken cancellationToken) =>
{
    // Recorded: an attempt after this one finds the charge's result and doesn't ask the bank again. Should the process die between the bank's answer and
    // the record, the next attempt asks under the same key, and the bank knows it.
    var charge = await operation.StepAsync("charge", (key, token) => bank.ChargeAsync(key, payment.Amount, token), PaymentJson.Default.String, cancellationToken);

    // The mail server is away at first: 503 is not stored, so the caller's retry runs the handler again, without another charge.
    return await mailer.TrySendAsync(operation.StableKey("receipt"), charge, cancellationToken)
        ? Results.Created($"/payments/{charge}", new { charge, payment.Amount })
        : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
}).RequireIdempotencyKey();
app.MapGet("/charges", (Bank bank) => bank.Charges);
app.Run();
