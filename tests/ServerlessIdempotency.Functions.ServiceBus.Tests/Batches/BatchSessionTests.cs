using System.Collections.Immutable;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Moq;
using ServerlessIdempotency.Functions.ServiceBus.Batches;

namespace ServerlessIdempotency.Functions.ServiceBus.Tests.Batches;

public sealed class BatchSessionTests
{
    private static readonly IFunctionMetadata Entries = Function("OnEntries", """{"name":"messages","type":"serviceBusTrigger","queueName":"entries","isSessionsEnabled":true}""");
    private static readonly IFunctionMetadata Readings = Function("OnReadings", """{"name":"messages","type":"serviceBusTrigger","queueName":"readings","isSessionsEnabled":false}""");
    private static readonly IFunctionMetadata Http = Function("Create", """{"name":"request","type":"httpTrigger"}""", """{"name":"$return","type":"http"}""");
    private static readonly IFunctionMetadata Statements = Function("OnStatements", """{"name":"message","type":"serviceBusTrigger","queueName":"statements","IsSessionsEnabled":true}""");

    [Fact]
    public async Task The_only_function_with_sessions_may_have_its_own_closed()
    {
        var sessions = Of(Http, Entries, Readings);
        Assert.True(await sessions.IsOnlyAsync("onEntries"));
        Assert.False(await sessions.IsOnlyAsync("OnReadings"));
    }

    // Guards the number of them: the official host finds a session by its id alone, and might close the other function's.
    [Fact]
    public async Task Of_two_functions_with_sessions_neither_may_have_one_closed()
    {
        var sessions = Of(Entries, Readings, Statements);
        Assert.False(await sessions.IsOnlyAsync("OnEntries"));
        Assert.False(await sessions.IsOnlyAsync("OnStatements"));
    }

    [Fact]
    public async Task An_app_without_sessions_has_none_closed() => Assert.False(await Of(Readings, Http).IsOnlyAsync("OnReadings"));

    private static BatchSession Of(params ReadOnlySpan<IFunctionMetadata> functions)
    {
        var all = functions.ToImmutableArray();
        return new BatchSession(Mock.Of<IFunctionMetadataProvider>(provider => provider.GetFunctionMetadataAsync(It.IsAny<string>()) == Task.FromResult(all)));
    }

    private static IFunctionMetadata Function(string name, params string[] bindings) => Mock.Of<IFunctionMetadata>(function => function.Name == name && function.RawBindings == bindings);
}
