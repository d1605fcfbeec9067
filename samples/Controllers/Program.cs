using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.DependencyInjection;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddIdempotency().AddInMemoryStore().AddHttp();
builder.Services.AddControllers();

var app = builder.Build();
app.MapControllers();
app.Run();
