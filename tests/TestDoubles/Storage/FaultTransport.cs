using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;

namespace TestDoubles.Storage;

/// <summary>
/// Fails calls by a script: before the request is sent, after it had its effect, or with an answer of the script's own. It stands where the
/// network begins, below every policy: the SDK repeats, classifies and parses what the script answers as it would the service's answer.
/// </summary>
public sealed class FaultTransport : HttpPipelineTransport
{
    private readonly Lock _lock = new();
    private HttpPipelineTransport _network = HttpClientTransport.Shared;
    private readonly List<(StorageOperation Operation, StorageFault Fault)> _script = [];

    /// <summary>Decides on each call that the script does not name; null lets it through. For random faults.</summary>
    public Func<StorageCall, StorageFault?>? Otherwise { get; set; }

    /// <summary>How many scripted faults have not happened yet; a test that expects them asserts 0 at its end.</summary>
    public int Pending
    {
        get
        {
            lock (_lock)
            {
                return _script.Count;
            }
        }
    }

    /// <summary>Puts the transport in front of a client's own: <c>o.ConfigureClient = faults.AddTo</c>.</summary>
    public void AddTo(TableClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _network = options.Transport;
        options.Transport = this;
    }

    /// <summary>Fails the next calls of a kind, one after another.</summary>
    public FaultTransport Next(StorageOperation operation, params IEnumerable<StorageFault> faults)
    {
        lock (_lock)
        {
            _script.AddRange(faults.Select(fault => (operation, fault)));
        }

        return this;
    }

    /// <inheritdoc/>
    public override Request CreateRequest() => _network.CreateRequest();

    /// <inheritdoc/>
    public override void Process(HttpMessage message)
    {
        var fault = Take(message);
        if (Before(message, fault))
        {
            _network.Process(message);
            After(message, fault);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        var fault = Take(message);
        if (Before(message, fault))
        {
            await _network.ProcessAsync(message);
            After(message, fault);
        }
    }

    private StorageFault? Take(HttpMessage message)
    {
        var call = StorageCall.Of(message.Request);
        lock (_lock)
        {
            var index = _script.FindIndex(entry => entry.Operation == call.Operation);
            if (index >= 0)
            {
                var fault = _script[index].Fault;
                _script.RemoveAt(index);
                return fault;
            }
        }

        return Otherwise?.Invoke(call);
    }

    /// <returns>Whether the request is to be sent.</returns>
    private static bool Before(HttpMessage message, StorageFault? fault)
    {
        switch (fault)
        {
            case StorageFault.Before:
                throw Broken("before the request was sent");
            case StorageFault.Answered { Sent: false } answered:
                message.Response = ScriptedResponse.Error(answered.Status, answered.ErrorCode);
                return false;
            case StorageFault.AnsweredInside inside:
                message.Response = ScriptedResponse.Inside(inside.Status, inside.ErrorCode, inside.Index);
                return false;
            case StorageFault.AnsweredPage page:
                message.Response = ScriptedResponse.Page(page.HasMore, page.Entities);
                return false;
            default:
                return true;
        }
    }

    private static void After(HttpMessage message, StorageFault? fault)
    {
        switch (fault)
        {
            case StorageFault.After:
                message.Response.Dispose();
                throw Broken("before the reply came");
            case StorageFault.Answered answered:
                message.Response.Dispose();
                message.Response = ScriptedResponse.Error(answered.Status, answered.ErrorCode);
                break;
        }
    }

    // Status 0 with an inner exception is what the SDK's own transport throws for a broken connection.
    private static RequestFailedException Broken(string when) => new($"The connection broke {when} (scripted).", new IOException("Connection reset by peer (scripted)."));
}
