using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Azure.Messaging.ServiceBus;
using FunctionsHost.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FunctionsHost;

/// <summary>
/// A Functions host as far as tests need one: it starts the worker program, speaks the worker's public protocol with it, serves its routes behind keys, receives
/// from its queues and runs its timers when it is told to. It shows nothing of the official host's own settings, scaling, key storage or schedules.
/// </summary>
internal sealed class FunctionHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly FunctionHostOptions _options;
    private readonly WebApplication _grpc;
    private readonly HeldMessages _held = new();
    private readonly StringBuilder _output = new();
    private readonly List<QueueListener> _listeners = [];
    private readonly HttpFront _front;
    private TaskCompletionSource<WorkerConnection> _worker = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WorkerProcess? _process;
    private WebApplication? _http;
    private ServiceBusClient? _client;

    private FunctionHost(FunctionHostOptions options)
    {
        _options = options with { Worker = Path.GetFullPath(options.Worker) };
        _front = new HttpFront(this, _options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(this).AddSingleton(_held).AddGrpc();
        _grpc = builder.Build();
        _grpc.MapGrpcService<WorkerService>();
        _grpc.MapGrpcService<SettlementService>();
    }

    /// <summary>The run of the worker that is about to say its first word.</summary>
    public WorkerConnection Connecting { get; private set; } = new();

    public IReadOnlyList<HostedFunction> Functions { get; private set; } = [];

    public Uri Address { get; private set; } = null!;

    /// <summary>The worker's process.</summary>
    public int WorkerId => _process!.Id;

    /// <summary>What failed, to be shown where a test fails.</summary>
    public ConcurrentQueue<Exception> Errors { get; } = new();

    public IEnumerable<SettledMessage> Settled => _held.Settled;

    /// <summary>The messages, each with its function, that were left unsettled by a function that succeeded.</summary>
    public IEnumerable<string> Unsettled => _held.Unsettled;

    /// <summary>Lets the next settlement of a message, or the next release of a session, fail, as where its lock was lost on the way.</summary>
    public void RefuseNextSettlementOf(string id) => _held.ToRefuse[id] = true;

    /// <summary>The functions that were invoked, in their order, also those that have not ended.</summary>
    public ConcurrentQueue<string> Invoked { get; } = new();

    /// <summary>Lines that the worker logged by its host, which are also part of <see cref="Output"/>.</summary>
    public ConcurrentQueue<RpcLog> Lines { get; } = new();

    /// <summary>What the worker printed and logged, over all its runs.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public static async Task<FunctionHost> StartAsync(FunctionHostOptions options)
    {
        var host = new FunctionHost(options);
        try
        {
            await host._grpc.StartAsync();
            await host.StartWorkerAsync();
            await host.ServeAsync();
            await host.StartListeningAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the worker, once more after it ended.</summary>
    public async Task StartWorkerAsync()
    {
        Connecting = new WorkerConnection();
        _process?.Dispose();
        _process = WorkerProcess.Start(_options.Worker, AddressOf(_grpc), _options.Settings.Concat(_options.WorkerSettings), _output);
        var ended = _process.ExitAsync();
        var initializing = Connecting.InitializeAsync(Path.GetDirectoryName(_options.Worker)!);
        if (await Task.WhenAny(initializing, ended).WaitAsync(Patience) == ended || (initializing.IsFaulted && Connecting.HasEnded))
        {
            // A worker's connection may end before its process, which has the last word.
            await ended.WaitAsync(Patience);
            throw new InvocationFailedException($"The worker ended with {_process.ExitCode}. {Output}");
        }

        await initializing;
        Functions = Connecting.Functions;
        _worker.TrySetResult(Connecting);
    }

    /// <summary>SIGKILL: nothing of the worker runs any more.</summary>
    public Task KillWorkerAsync()
    {
        _worker = new TaskCompletionSource<WorkerConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _process!.KillAsync();
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    public Task<int> StopWorkerAsync()
    {
        _worker = new TaskCompletionSource<WorkerConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _process!.StopAsync(Patience);
    }

    /// <summary>Ends when the worker has.</summary>
    public Task WorkerExitAsync() => _process!.ExitAsync();

    public Task<WorkerConnection> WorkerAsync(CancellationToken cancellationToken) => _worker.Task.WaitAsync(Patience, cancellationToken);

    /// <exception cref="InvocationFailedException">The function failed, or the worker died.</exception>
    public async Task InvokeAsync(string name, IEnumerable<ParameterBinding> inputs, CancellationToken cancellationToken, IReadOnlyDictionary<string, TypedData>? triggerMetadata = null)
    {
        var worker = await WorkerAsync(cancellationToken);
        var id = Guid.NewGuid().ToString();
        await using var cancelled = cancellationToken.Register(() => worker.Cancel(id));
        await InvokeAsync(worker, id, Function(name), inputs, triggerMetadata);
    }

    /// <exception cref="InvocationFailedException">The function failed, or the worker died.</exception>
    public async Task InvokeAsync(WorkerConnection worker, string id, HostedFunction function, IEnumerable<ParameterBinding> inputs, IReadOnlyDictionary<string, TypedData>? triggerMetadata = null)
    {
        var invoking = worker.InvokeAsync(Request(id, function, inputs, triggerMetadata));
        Invoked.Enqueue(function.Name);
        await invoking;
    }

    public void Log(RpcLog line)
    {
        Lines.Enqueue(line);
        lock (_output)
        {
            _output.AppendLine($"{line.Level} {line.Category}: {line.Message} {line.Exception}");
        }
    }

    public Task RunTimerAsync(string name) => InvokeAsync(
        name, [new ParameterBinding { Name = Function(name).Parameter, Data = new TypedData { Json = """{"Schedule":{"AdjustForDST":true},"IsPastDue":false}""" } }], CancellationToken.None);

    /// <summary>Receives from the queues of all functions.</summary>
    public async Task StartListeningAsync()
    {
        foreach (var function in Functions.Where(function => function.Is("serviceBusTrigger")))
        {
            _client ??= new ServiceBusClient(_options.Settings[function.Text("connection")!], new ServiceBusClientOptions
            {
                // On one machine a broker that does not answer has gone; the client's own defaults are for a network.
                RetryOptions = new ServiceBusRetryOptions { MaxRetries = 1, TryTimeout = TimeSpan.FromSeconds(10), Delay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(1) },
            });
            var listener = QueueListener.Create(this, function, _client, _held);
            _listeners.Add(listener);
            await listener.StartAsync();
        }
    }

    /// <summary>Receives no more, and waits for the messages in hand.</summary>
    /// <param name="drains">Whether the functions that have them go on as if nothing were, as a host that scales in lets them; else they are told to end.</param>
    public async Task StopListeningAsync(bool drains = false)
    {
        foreach (var listener in _listeners)
        {
            await listener.StopAsync(drains);
        }

        _listeners.Clear();
    }

    /// <summary>Takes nothing more, ends what is under way and then the worker, as a host does that is told to end.</summary>
    /// <param name="drains">Whether functions of messages in hand go on as if nothing were, as a host that scales in lets them; else they are told to end.</param>
    /// <returns>The worker's exit code.</returns>
    public async Task<int> StopAsync(bool drains = false)
    {
        await Task.WhenAll(StopListeningAsync(drains), _http!.StopAsync());
        return await StopWorkerAsync();
    }

    public HttpClient Client(string? key = FunctionKeys.OfHost)
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = Patience };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Add("x-functions-key", key);
        }

        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await StopListeningAsync();
        await (_client?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_http?.DisposeAsync() ?? ValueTask.CompletedTask);
        if (_process is { } process)
        {
            await process.KillAsync();
            process.Dispose();
        }

        _front.Dispose();
        await _grpc.DisposeAsync();
    }

    private static Uri AddressOf(WebApplication app) => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private InvocationRequest Request(string id, HostedFunction function, IEnumerable<ParameterBinding> inputs, IReadOnlyDictionary<string, TypedData>? triggerMetadata) => new()
    {
        InvocationId = id,
        FunctionId = function.Metadata.FunctionId,
        InputData = { inputs },
        TriggerMetadata = { triggerMetadata?.ToDictionary() ?? [] },
        TraceContext = new RpcTraceContext { TraceParent = $"00-{Guid.NewGuid():N}-{Guid.NewGuid().ToString("N")[..16]}-{(_options.RecordsTraces ? "01" : "00")}" },
    };

    private HostedFunction Function(string name) => Functions.Single(function => function.Name == name);

    private async Task ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _options.Port));
        _http = builder.Build();
        foreach (var function in Functions.Where(function => function.Is("httpTrigger")))
        {
            _front.Map(_http, function);
        }

        await _http.StartAsync();
        Address = AddressOf(_http);
    }
}
