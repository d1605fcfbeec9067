using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Payments.Functions.Host.Tests.Host.Messages;

namespace Payments.Functions.Host.Tests.Host;

/// <summary>
/// A Functions host as far as these tests need one: it starts the worker program, speaks the worker's public protocol with it, serves its routes behind keys, receives
/// from its queues and runs its timers when it is told to. It shows nothing of the official host's own settings, scaling, key storage or schedules.
/// </summary>
internal sealed class FunctionHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _program;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly WebApplication _grpc;
    private readonly HeldMessages _held = new();
    private readonly StringBuilder _output = new();
    private readonly List<QueueListener> _listeners = [];
    private readonly HttpFront _front;
    private TaskCompletionSource<WorkerConnection> _worker = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;
    private WebApplication? _http;
    private ServiceBusClient? _client;

    private FunctionHost(string program, IReadOnlyDictionary<string, string> settings)
    {
        _program = Path.GetFullPath(program);
        _settings = settings;
        _front = new HttpFront(this);
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

    /// <summary>What failed, to be shown where a test fails.</summary>
    public ConcurrentQueue<Exception> Errors { get; } = new();

    public IEnumerable<SettledMessage> Settled => _held.Settled;

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

    public static async Task<FunctionHost> StartAsync(string program, IReadOnlyDictionary<string, string> settings)
    {
        var host = new FunctionHost(program, settings);
        try
        {
            await host._grpc.StartAsync();
            await host.StartWorkerAsync();
            await host.ServeAsync();
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
        var grpc = new Uri(_grpc.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var folder = Path.GetDirectoryName(_program)!;
        var start = new ProcessStartInfo("dotnet",
        [
            _program,
            "--host", grpc.Host, "--port", $"{grpc.Port}", "--workerId", "worker", "--requestId", "request", "--grpcMaxMessageLength", "100000000",
            "--functions-uri", grpc.ToString(), "--functions-worker-id", "worker", "--functions-request-id", "request", "--functions-grpc-max-message-length", "100000000",
        ])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = folder;
        start.Environment["FUNCTIONS_WORKER_DIRECTORY"] = folder;
        foreach (var (name, value) in _settings)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var ended = _process.WaitForExitAsync();
        var initializing = Connecting.InitializeAsync(folder);
        if (await Task.WhenAny(initializing, ended).WaitAsync(Patience) == ended)
        {
            throw new InvocationFailedException($"The worker ended with {_process.ExitCode}. {Output}");
        }

        await initializing;
        Functions = Connecting.Functions;
        _worker.TrySetResult(Connecting);
    }

    /// <summary>SIGKILL: nothing of the worker runs any more.</summary>
    public async Task KillWorkerAsync()
    {
        _worker = new TaskCompletionSource<WorkerConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> StopWorkerAsync()
    {
        _worker = new TaskCompletionSource<WorkerConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public Task<WorkerConnection> WorkerAsync(CancellationToken cancellationToken) => _worker.Task.WaitAsync(Patience, cancellationToken);

    /// <exception cref="InvocationFailedException">The function failed, or the worker died.</exception>
    public async Task InvokeAsync(string name, IEnumerable<ParameterBinding> inputs, CancellationToken cancellationToken)
    {
        var worker = await WorkerAsync(cancellationToken);
        var id = Guid.NewGuid().ToString();
        await using var cancelled = cancellationToken.Register(() => worker.Cancel(id));
        await worker.InvokeAsync(Request(id, Function(name), inputs));
    }

    public Task RunTimerAsync(string name) => InvokeAsync(
        name, [new ParameterBinding { Name = Function(name).Parameter, Data = new TypedData { Json = """{"Schedule":{"AdjustForDST":true},"IsPastDue":false}""" } }], CancellationToken.None);

    public static InvocationRequest Request(string id, HostedFunction function, IEnumerable<ParameterBinding> inputs) => new()
    {
        InvocationId = id,
        FunctionId = function.Metadata.FunctionId,
        InputData = { inputs },
        TraceContext = new RpcTraceContext { TraceParent = $"00-{Guid.NewGuid():N}-{Guid.NewGuid().ToString("N")[..16]}-01" },
    };

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
        foreach (var listener in _listeners)
        {
            await listener.DisposeAsync();
        }

        await (_client?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_http?.DisposeAsync() ?? ValueTask.CompletedTask);
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        _front.Dispose();
        await _grpc.DisposeAsync();
    }

    private HostedFunction Function(string name) => Functions.Single(function => function.Name == name);

    private async Task ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _http = builder.Build();
        foreach (var function in Functions.Where(function => function.Is("httpTrigger")))
        {
            _front.Map(_http, function);
        }

        await _http.StartAsync();
        Address = new Uri(_http.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        foreach (var function in Functions.Where(function => function.Is("serviceBusTrigger")))
        {
            _client ??= new ServiceBusClient(_settings[function.Text("connection")!]);
            var listener = new QueueListener(this, function, _client, _held);
            _listeners.Add(listener);
            await listener.StartAsync();
        }
    }

    private void Append(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
