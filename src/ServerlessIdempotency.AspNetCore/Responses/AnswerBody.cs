using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Execution;

namespace ServerlessIdempotency.AspNetCore.Responses;

/// <summary>Writes the body of an answer.</summary>
internal static class AnswerBody
{
    /// <summary>A caller who is gone gets none, and that is no error; where the request's time-out cuts it, the exception is for its middleware.</summary>
    public static async Task WriteAsync(HttpContext context, Func<Stream, CancellationToken, Task> write)
    {
        try
        {
            await write(context.Response.Body, context.RequestAborted);
        }
        catch (OperationCanceledException) when (!RequestTimeout.IsUp(context))
        {
            // The caller is gone.
        }
    }
}
