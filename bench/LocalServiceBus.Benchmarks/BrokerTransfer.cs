using Amqp;
using Amqp.Framing;

namespace LocalServiceBus.Benchmarks;

/// <summary>Messages sent, received under a lock and completed over TCP, by AMQPNetLite's client: one connection that sends and one that receives.</summary>
internal sealed class BrokerTransfer : IAsyncDisposable
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    private readonly LocalServiceBusServer _broker;
    private readonly string _queue;
    private readonly int _window;
    private readonly Connection _sending;
    private readonly Connection _receiving;
    private readonly SenderLink _sender;
    private readonly ReceiverLink _receiver;
    private readonly SemaphoreSlim _unanswered;
    private TaskCompletionSource _done = new();
    private int _left;
    private Error? _refusal;

    private BrokerTransfer(LocalServiceBusServer broker, string queue, int window, Connection sending, Connection receiving)
    {
        _broker = broker;
        _queue = queue;
        _window = window;
        _sending = sending;
        _receiving = receiving;
        _sender = new SenderLink(new Session(sending), "sender", queue);
        _unanswered = new SemaphoreSlim(window);
        _receiver = new ReceiverLink(
            new Session(receiving),
            "receiver",
            new Attach
            {
                Source = new Source { Address = queue },
                Target = new Target { Address = "receiver" },
                SndSettleMode = SenderSettleMode.Unsettled,
                RcvSettleMode = ReceiverSettleMode.Second,
            },
            null);
    }

    /// <param name="broker">The broker.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="window">How many messages may be unanswered, and how many may be delivered at a time.</param>
    public static async Task<BrokerTransfer> ConnectAsync(LocalServiceBusServer broker, string queue, int window)
    {
        var address = new Address($"amqp://RootManageSharedAccessKey:SAS_KEY_VALUE@127.0.0.1:{broker.Port}");
        var transfer = new BrokerTransfer(broker, queue, window, await Connection.Factory.CreateAsync(address), await Connection.Factory.CreateAsync(address));
        transfer._receiver.Start(window, transfer.OnMessage);
        return transfer;
    }

    public Task<Measurement> RunAsync(string name, int messages, byte[] body) => Measurement.OfAsync(name, messages, async () =>
    {
        _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _left = messages;
        for (var sent = 0; sent < messages; sent++)
        {
            await _unanswered.WaitAsync();
            _sender.Send(new Message { BodySection = new Data { Binary = body } }, OnAnswer, state: null);
        }

        await _done.Task;
        for (var answered = 0; answered < _window; answered++)
        {
            await _unanswered.WaitAsync();
        }

        _unanswered.Release(_window);

        // The last completions may still be on their way.
        while (_broker.Administration.ListQueues().Single(queue => queue.Name == _queue).Active > 0)
        {
            await Task.Yield();
        }

        if (_refusal is { } refusal)
        {
            throw new InvalidOperationException($"The broker refused a message: {refusal}");
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _sending.CloseAsync(MaxWait, null);
        await _receiving.CloseAsync(MaxWait, null);
        _unanswered.Dispose();
    }

    private void OnMessage(IReceiverLink link, Message message)
    {
        link.Accept(message);
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _done.SetResult();
        }
    }

    private void OnAnswer(ILink link, Message message, Outcome outcome, object state)
    {
        if (outcome is not Accepted)
        {
            _refusal = (outcome as Rejected)?.Error ?? new Error("unknown");
        }

        _unanswered.Release();
    }
}
