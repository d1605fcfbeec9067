using FunctionsHost.Messages;
using Grpc.Core;

namespace FunctionsHost;

/// <summary>The host's end of the stream that a worker opens.</summary>
internal sealed class WorkerService(FunctionHost host) : FunctionRpc.FunctionRpcBase
{
    public override async Task EventStream(IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        var connection = host.Connecting;
        var writing = WriteAsync(connection, responseStream);
        try
        {
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                if (requestStream.Current.ContentCase == StreamingMessage.ContentOneofCase.RpcLog)
                {
                    host.Log(requestStream.Current.RpcLog);
                }
                else
                {
                    connection.Receive(requestStream.Current);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or Grpc.Core.RpcException)
        {
            // The worker died.
        }
        finally
        {
            connection.End();
            await writing;
        }
    }

    private static async Task WriteAsync(WorkerConnection connection, IServerStreamWriter<StreamingMessage> stream)
    {
        try
        {
            await foreach (var message in connection.ToWorker.ReadAllAsync())
            {
                await stream.WriteAsync(message);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or Grpc.Core.RpcException or InvalidOperationException)
        {
            // The worker died.
        }
    }
}
