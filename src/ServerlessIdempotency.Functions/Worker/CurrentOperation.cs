using Microsoft.Azure.Functions.Worker;
using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.Functions.Worker;

/// <summary>The operation that an invocation executes, and the token that ends with its claim.</summary>
internal sealed class CurrentOperation : IDisposable
{
    private readonly FunctionContext _context;

    private CurrentOperation(FunctionContext context, OperationContext? operation, CancellationToken token)
    {
        _context = context;
        Operation = operation;
        Token = token;
    }

    public OperationContext? Operation { get; }

    public CancellationToken Token { get; }

    public static CurrentOperation Enter(FunctionContext context, OperationContext? operation, CancellationToken token)
    {
        var current = new CurrentOperation(context, operation, token);
        context.Items[typeof(CurrentOperation)] = current;
        return current;
    }

    public static CurrentOperation? Find(FunctionContext context) => context.Items.TryGetValue(typeof(CurrentOperation), out var current) ? current as CurrentOperation : null;

    public void Dispose() => _context.Items.Remove(typeof(CurrentOperation));
}
