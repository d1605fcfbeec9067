using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Infra.Tests.Compiling;

namespace Infra.Tests.Deployed;

/// <summary>The stages as their parameter files have them, and the switches in each position. Compiled once for all tests.</summary>
public sealed class Deployments : IAsyncLifetime, IDisposable
{
    private readonly InfraCopy _infra = new();
    private readonly ConcurrentDictionary<string, Deployment> _deployments = [];

    private static readonly Dictionary<string, string> Variants = new()
    {
        ["dev"] = "",
        ["prod"] = "",
        ["public"] = "param stage = 'prod'\nparam gateway = 'Stripe'\nparam privateNetworking = false\nparam alertEmail = 'on-call@example.com'",
        ["private"] = "param stage = 'dev'\nparam gateway = 'Simulated'\nparam privateNetworking = true",
        ["private-premium"] = "param stage = 'dev'\nparam gateway = 'Simulated'\nparam privateNetworking = true\nparam serviceBusSku = 'Premium'",
    };

    /// <summary>With every setting that operators may give, each with a value that is none.</summary>
    private static readonly string Operated =
        "param stage = 'dev'\nparam gateway = 'Stripe'\nparam stripeApiKey = 'sk'\nparam vaultSettings = 'Stripe__WebhookSecret=stripe-hook'\n"
        + $"param appSettings = '{string.Join(';', OperatorSettings.Named.Select(setting => $"{setting}=set=by"))}'";

    /// <summary>Names for <see cref="Get"/>: everything that holds always is asserted on each.</summary>
    public static TheoryData<string> Names => [.. Variants.Keys];

    /// <summary>Each name with each queue.</summary>
    public static TheoryData<string, string> NamesAndQueues
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var name in Variants.Keys)
            {
                foreach (var queue in ServiceBusFile.Queues.Keys)
                {
                    data.Add(name, queue);
                }
            }

            return data;
        }
    }

    internal Deployment Get(string name) => _deployments[name];

    public async Task InitializeAsync()
    {
        // A compiler run is mostly start-up on one core.
        await Parallel.ForEachAsync(Variants.Append(KeyValuePair.Create("operated", Operated)), async (variant, _) =>
            _deployments[variant.Key] = await EvaluateAsync(variant.Key, variant.Value));
    }

    Task IAsyncLifetime.DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _infra.Dispose();

    private async Task<Deployment> EvaluateAsync(string name, string parameters)
    {
        if (parameters.Length > 0)
        {
            await File.WriteAllTextAsync(
                Path.Combine(_infra.Folder, $"main.{name}.bicepparam"),
                $"using 'main.bicep'\nparam environmentName = 'tests'\nparam location = 'northeurope'\n{parameters}\n");
        }

        var run = await BicepCompiler.RunAsync(
            _infra.Folder,
            "snapshot", $"main.{name}.bicepparam",
            "--subscription-id", "00000000-0000-0000-0000-000000000001",
            "--location", "northeurope");
        run.OutputOrThrow();
        var json = await File.ReadAllTextAsync(Path.Combine(_infra.Folder, $"main.{name}.snapshot.json"));
        return new Deployment(JsonNode.Parse(json)!.AsObject());
    }
}
