using Amqp;

namespace Payments.LocalHost.Messaging;

/// <summary>A connection to the broker, made when it is first needed and again after it was lost.</summary>
internal sealed class BusConnection(Address address) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate = new(1);
    private Connection? _connection;

    /// <exception cref="AmqpException">The broker refused.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The broker can't be reached.</exception>
    /// <exception cref="TimeoutException">It does not answer.</exception>
    public async Task<Connection> GetAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_connection is not { IsClosed: false })
            {
                _connection = await new ConnectionFactory().CreateAsync(address).WaitAsync(Patience, cancellationToken);
            }

            return _connection;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { IsClosed: false } connection)
        {
            try
            {
                await connection.CloseAsync(Patience, null);
            }
            catch (Exception exception) when (BusFailure.IsOne(exception))
            {
                // It was lost in the meantime: closed all the same.
            }
        }

        _gate.Dispose();
    }
}
