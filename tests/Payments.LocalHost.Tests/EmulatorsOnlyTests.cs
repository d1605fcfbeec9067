using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Messaging.ServiceBus;
using Payments.LocalHost.Emulators;
using TestDoubles;

namespace Payments.LocalHost.Tests;

/// <summary><c>--emulators-only</c>: what a function app needs beside itself.</summary>
public sealed partial class EmulatorsOnlyTests
{
    [Fact]
    public async Task Blobs_queues_tables_and_the_broker_are_served_until_it_is_told_to_end()
    {
        await using var host = HostProcess.Start(["--emulators-only", "--Emulators:Blob=0", "--Emulators:Queue=0", "--Emulators:Table=0", "--Emulators:ServiceBus=0"]);
        await Until.Async(() => Task.FromResult(host.Output), output => output.Contains("Ctrl-C stops them.", StringComparison.Ordinal));

        using var client = new HttpClient();
        var addresses = Address().Matches(host.Output.Split('\n').Single(line => line.Contains("PaymentsStorage=", StringComparison.Ordinal))).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(3, addresses.Count);
        foreach (var address in addresses)
        {
            // Without a signature Azurite refuses, as only Azurite does.
            using var answer = await client.GetAsync($"{address}?comp=list");
            Assert.Contains("Azurite", answer.Headers.Server.ToString(), StringComparison.Ordinal);
        }

        await using var bus = new ServiceBusClient(Broker().Match(host.Output).Value);
        await using var sender = bus.CreateSender("payments");
        await sender.SendMessageAsync(new ServiceBusMessage("anything") { SessionId = "s" });

        await host.SignalAsync("TERM");
        Assert.Equal(0, await host.ExitCodeAsync().WaitAsync(Until.Limit));
        Assert.Equal("", host.Errors);
    }

    [Fact]
    public async Task A_busy_port_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var host = HostProcess.Start(["--emulators-only", "--Emulators:Blob=0", "--Emulators:Queue=0", "--Emulators:Table=0", $"--Emulators:ServiceBus={port}"]);

        Assert.Equal(1, await host.ExitCodeAsync().WaitAsync(Until.Limit));
        Assert.Contains($"{port}", host.Errors, StringComparison.Ordinal);
        Assert.Single(host.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    // Else the sample would have to be changed before it works.
    [Fact]
    public async Task The_default_ports_are_those_of_the_settings_sample()
    {
        using var sample = JsonDocument.Parse(await File.ReadAllTextAsync(RepositoryFolder.PathOf("local.settings.sample.json")));
        var values = sample.RootElement.GetProperty("Values");
        var ports = new EmulatorPorts();

        // What UseDevelopmentStorage=true stands for, and a Service Bus endpoint without a port.
        Assert.Equal((10000, 10001, 10002, 5672), (ports.Blob, ports.Queue, ports.Table, ports.ServiceBus));
        Assert.Equal(("UseDevelopmentStorage=true", "UseDevelopmentStorage=true"), (values.Text("AzureWebJobsStorage"), values.Text("PaymentsStorage")));
        Assert.StartsWith("Endpoint=sb://localhost;", values.Text("ServiceBusConnection"), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"Endpoint=(http://[^;]+);")]
    private static partial Regex Address();

    [GeneratedRegex(@"Endpoint=sb://\S+")]
    private static partial Regex Broker();
}
