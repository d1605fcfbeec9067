using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Payments.Api;
using Payments.DependencyInjection;
using Payments.Functions.Tests.Sources;
using Payments.Queues;

namespace Payments.Functions.Tests;

/// <summary>The local host and the function app are two hosts of one app: the same routes, queues, care and settings.</summary>
public sealed class TwoHostsTests
{
    private static readonly IReadOnlyList<FunctionSource> Functions = HostSource.FunctionApp.Functions;

    [Fact]
    public void The_function_app_serves_every_route_of_the_app_under_its_name_and_no_other()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddPayments(builder.Configuration);
        using var app = builder.Build();
        app.MapPayments();
        var mapped = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Select(endpoint => (
            Name: endpoint.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName,
            Method: Assert.Single(endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods).ToLowerInvariant(),
            Template: endpoint.RoutePattern.RawText!.TrimStart('/')));

        Assert.Equal(mapped.Order(), Triggered("HttpTrigger").Select(function => (function.Name, Method: (string)Assert.Single(function.Arguments.Skip(1))!, Template: (string)function.Settings["Route"]!)).Order());
    }

    [Fact]
    public void The_local_host_serves_every_route_of_the_app_and_beside_them_only_its_page()
    {
        var mapped = HostSource.LocalHost.Calls(name => name.StartsWith("Map", StringComparison.Ordinal)).Select(HostSource.NameOf);

        // MapGet is what MapPage itself calls.
        Assert.Equal(["MapGet", "MapPage", "MapPayments"], mapped.Order());
    }

    // What shows every merchant's messages, or what the simulators did for all of them, is not for one caller's key (law 10).
    [Fact]
    public void Every_route_but_health_asks_for_a_key_and_what_is_not_one_merchants_for_the_master_key()
    {
        string[] operators = ["ListDeadLetters", "ResubmitDeadLetter", "DiscardDeadLetter", "ListDiscardedLetters", "ListUnsentMessages", "RetryUnsentMessage", "GetSimulatorCharges", "GetSimulatorMailbox"];

        Assert.Equal(
            operators.Order(),
            Triggered("HttpTrigger").Where(function => LevelOf(function) == AuthorizationLevel.Admin).Select(function => function.Name).Order());
        Assert.All(Triggered("HttpTrigger").Where(function => !operators.Contains(function.Name)), function =>
            Assert.Equal(function.Name == "GetHealth" ? AuthorizationLevel.Anonymous : AuthorizationLevel.Function, LevelOf(function)));
    }

    [Fact]
    public void The_function_app_receives_from_every_queue_in_sessions_and_settles_by_itself()
    {
        Assert.Equal(PaymentsQueues.All.Order(), Triggered("ServiceBusTrigger").Select(function => (string)Assert.Single(function.Arguments)!).Order());
        Assert.All(Triggered("ServiceBusTrigger"), function =>
        {
            Assert.Equal((true, false), (function.Settings["IsSessionsEnabled"], function.Settings["AutoCompleteMessages"]));
            Assert.Equal("ServiceBusConnection", function.Settings["Connection"]);

            // What it hands on is the queue that it is bound to.
            var queue = typeof(PaymentsQueues).GetFields().Single(field => field.IsLiteral && Equals(field.GetRawConstantValue(), function.Arguments[0])).Name;
            Assert.Equal($"ReceiveAsync(PaymentsQueues.{queue}, message, actions, cancellationToken)", function.Body);
        });
    }

    [Fact]
    public void The_local_host_receives_from_every_queue()
    {
        var receiver = Assert.Single(HostSource.LocalHost.Calls(name => name == "AddServiceBusConsumer"));
        var loop = Assert.Single(receiver.Ancestors().OfType<ForEachStatementSyntax>());

        Assert.Equal("PaymentsQueues.All", loop.Expression.ToString());
        Assert.Equal(loop.Identifier.Text, receiver.ArgumentList.Arguments[0].ToString());
    }

    // A timer of the function app, and what does the same in the local host's process.
    [Theory]
    [InlineData("SweepOutbox", "AddPayments")]
    [InlineData("ResumeOrders", "ResumeAsync")]
    [InlineData("SweepPayments", "SweepAsync")]
    [InlineData("PurgeExpired", "AddPaymentsPurge")]
    [InlineData("CheckHealth", "MapPayments")]
    public void What_a_timer_looks_after_is_looked_after_in_the_local_host_too(string timer, string call)
    {
        Assert.Single(Triggered("TimerTrigger"), function => function.Name == timer);
        Assert.Single(HostSource.LocalHost.Calls(name => name == call));
    }

    [Fact]
    public void Every_timer_is_in_the_theory_above()
    {
        var tested = typeof(TwoHostsTests).GetMethod(nameof(What_a_timer_looks_after_is_looked_after_in_the_local_host_too))!.CustomAttributes
            .Where(attribute => attribute.AttributeType == typeof(InlineDataAttribute))
            .Select(attribute => (string)((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)[0].Value!);

        Assert.Equal(Triggered("TimerTrigger").Select(function => function.Name).Order(), tested.Order());
    }

    [Fact]
    public void Every_function_is_of_a_kind_that_is_compared()
    {
        Assert.All(Functions, function => Assert.Contains(function.Trigger, (string[])["HttpTrigger", "ServiceBusTrigger", "TimerTrigger"]));
        Assert.Equal(Functions.Count, Functions.DistinctBy(function => function.Name).Count());
    }

    // The web application first, or no middleware finds a request; what makes an answer of a failure around all the others, also around one that comes to fail itself.
    [Fact]
    public void The_function_apps_middleware_stands_in_its_order()
    {
        var calls = HostSource.FunctionApp.Calls(name => name is "ConfigureFunctionsWebApplication" or "UseMiddleware" or "UseIdempotency").Select(call => call.Expression.ToString());

        Assert.Equal(["builder.ConfigureFunctionsWebApplication", "builder.UseMiddleware<ProblemMiddleware>", "builder.UseMiddleware<OutboxMiddleware>", "builder.UseIdempotency"], calls);
    }

    [Fact]
    public void Both_hosts_find_storage_and_broker_by_the_same_settings()
    {
        Assert.Equal(["PaymentsStorage", "ServiceBusConnection"], HostSource.FunctionApp.Constants("Setting").Order());
        Assert.Equal(["PaymentsStorage", "ServiceBusConnection"], HostSource.LocalHost.Constants("Setting").Order());
    }

    [Fact]
    public void All_other_settings_are_read_by_the_app_itself_and_so_are_the_same()
    {
        // What only one host has: the address to serve and whether emulators alone are served here, the adapter's own section there, and a service's address by the name that it is given.
        // The storage is added by both, since the app knows no store of its own.
        Assert.Equal(["Emulators", "Kestrel:Endpoints", "TableStorage"], SectionsOf(HostSource.LocalHost));
        Assert.Equal([null, "Idempotency:Functions", "TableStorage"], SectionsOf(HostSource.FunctionApp));
        foreach (var host in (HostSource[])[HostSource.LocalHost, HostSource.FunctionApp])
        {
            Assert.Single(host.Calls(name => name == "AddPayments"));
            Assert.Single(host.Calls(name => name == "AddPaymentsPurge"));
        }
    }

    [Fact]
    public void The_sample_of_local_settings_names_only_what_is_read()
    {
        using var sample = JsonDocument.Parse(File.ReadAllBytes(HostSource.PathOf("local.settings.sample.json")));
        string[] known = ["FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage", "PaymentsStorage", "ServiceBusConnection"];
        string[] sections = ["Gateway__", "Idempotency__", "Inbox__", "Outbox__", "Payments__", "Purge__", "RowWriter__", "TableStorage__"];

        Assert.All(sample.RootElement.GetProperty("Values").EnumerateObject(), setting =>
            Assert.True(known.Contains(setting.Name) || sections.Any(section => setting.Name.StartsWith(section, StringComparison.Ordinal)), setting.Name));
    }

    private static IEnumerable<FunctionSource> Triggered(string trigger) => Functions.Where(function => function.Trigger == trigger);

    private static AuthorizationLevel LevelOf(FunctionSource function) => (AuthorizationLevel)(int)function.Arguments[0]!;

    private static IEnumerable<object?> SectionsOf(HostSource host) =>
        host.Calls(name => name == "GetSection").Select(call => host.ValueOf(call.ArgumentList.Arguments[0].Expression)).Order();
}
