using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using Transfers;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddIdempotency().AddInMemoryStore().AddHttp();
builder.Services.AddSingleton<Bank>();
builder.Services.AddControllers();

var app = builder.Build();
app.MapPost("/transfers", TransferAsync).RequireIdempotencyKey(new HttpOperation { CrashPolicy = CrashPolicy.Block });

app.MapPost("/notes", (HttpRequest request, IdempotentHttp http, CancellationToken cancellationToken) => http.ExecuteSingleTripAsync(
    request,
    new HttpOperation { Name = "note.create", RequireKey = true, Placement = key => RecordPlacement.InPartition(new PartitionAddress("Notes", "all")) },
    (context, token) => Task.FromResult(HandlerOutcome.Completed(
        new OperationResult(201, [], default),
        rows: [RowWrite.Insert($"note|{context.OperationHash}", new Dictionary<string, object> { ["Text"] = "…" })])),
    cancellationToken));

app.MapPost("/tokens", CreateToken).WithIdempotency(o =>
{
    o.Redact = (context, answer) => answer with { Body = default };
    o.ReplayedHeader = "Idempotent-Replayed";
});

app.MapControllers();
app.MapGet("/bank", (Bank bank) => bank.Made);
app.Run();

static async Task<IResult> TransferAsync(Transfer transfer, OperationContext operation, Bank bank, CancellationToken cancellationToken) =>
    Results.Created($"/transfers/{await bank.TransferAsync(operation.StableKey("transfer"), transfer.Amount, cancellationToken)}", null);

static IResult CreateToken() => Results.Text(Guid.NewGuid().ToString(), statusCode: StatusCodes.Status201Created);
