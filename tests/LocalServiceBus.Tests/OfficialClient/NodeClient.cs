using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace LocalServiceBus.Tests.OfficialClient;

/// <summary>
/// One Node process with the official client from npm. It plays scenarios by name and asks for the broker's clock to be moved.
/// </summary>
public sealed class NodeClient : IAsyncLifetime
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<string?>> _playing = new();
    private readonly ConcurrentDictionary<int, Action<TimeSpan>> _clocks = new();
    private readonly ConcurrentQueue<string> _complaints = new();
    private Process? _node;
    private Task _reading = Task.CompletedTask;
    private int _lastId;

    public async Task InitializeAsync()
    {
        var folder = ScenarioFolder.Path;
        await ScenarioFolder.InstallAsync();
        _node = Process.Start(new ProcessStartInfo("node", "run.mjs")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _node.ErrorDataReceived += (_, line) => _complaints.Enqueue(line.Data ?? string.Empty);
        _node.BeginErrorReadLine();
        _reading = ReadAsync(_node);
    }

    public async Task DisposeAsync()
    {
        if (_node is { } node)
        {
            node.StandardInput.Close();
            node.Kill(entireProcessTree: true);
            await node.WaitForExitAsync();
            await _reading;
            node.Dispose();
        }
    }

    /// <summary>Plays a scenario; throws with the client's own error when it fails.</summary>
    public async Task PlayAsync(string scenario, string connectionString, Action<TimeSpan> advanceClock)
    {
        var id = Interlocked.Increment(ref _lastId);
        var done = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _playing[id] = done;
        _clocks[id] = advanceClock;
        await WriteAsync(new Dictionary<string, object> { ["id"] = id, ["scenario"] = scenario, ["connectionString"] = connectionString });
        var error = await done.Task.WaitAsync(TimeSpan.FromMinutes(10));
        Assert.True(error is null, $"{scenario}: {error}\n{string.Join('\n', _complaints)}");
    }

    private async Task ReadAsync(Process node)
    {
        while (await node.StandardOutput.ReadLineAsync() is { } line)
        {
            var message = JsonDocument.Parse(line).RootElement;
            var id = message.GetProperty("id").GetInt32();
            if (message.TryGetProperty("advance", out var by))
            {
                _clocks[id](TimeSpan.FromMilliseconds(by.GetDouble()));
                await WriteAsync(new Dictionary<string, object> { ["id"] = id, ["advanced"] = true });
            }
            else
            {
                _playing[id].SetResult(message.TryGetProperty("error", out var error) ? error.GetString() : null);
            }
        }

        foreach (var unfinished in _playing.Values)
        {
            unfinished.TrySetResult("Node ended.");
        }
    }

    private async Task WriteAsync(Dictionary<string, object> message)
    {
        await _node!.StandardInput.WriteLineAsync(JsonSerializer.Serialize(message));
        await _node.StandardInput.FlushAsync();
    }
}
