using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using ServerlessIdempotency.Functions.Settings;

namespace ServerlessIdempotency.Functions.Tests.Settings;

public sealed class SettingsCheckTests
{
    private static readonly FunctionDescription Http = new("CreateOrder", FunctionKind.Http, typeof(IResult));
    private static readonly FunctionDescription Message = new("OnOrder", FunctionKind.ServiceBus, typeof(void)) { TakesReceivedMessage = true, AutoCompletes = false };

    [Fact]
    public void An_attribute_without_settings_is_fine()
    {
        Assert.Empty(Check(Http, new IdempotentAttribute()));
        Assert.Empty(Check(Http with { ReturnType = typeof(IActionResult) }, new IdempotentAttribute { KeyBodyPath = "$.id", RequireKey = true }));
        Assert.Empty(Check(Message, new IdempotentAttribute()));
        Assert.Empty(Check(Message with { ReturnType = typeof(MessageOutcome) }, new IdempotentAttribute { KeyProperty = "order", PrincipalProperty = "tenant" }));
    }

    [Fact]
    public void A_lease_longer_than_the_function_timeout_is_refused_with_both_numbers()
    {
        var fault = Assert.Single(Check(Http, new IdempotentAttribute { Lease = "00:10:00" }));

        Assert.Contains("00:10:00", fault, StringComparison.Ordinal);
        Assert.Contains("00:05:00", fault, StringComparison.Ordinal);
        Assert.Contains("CreateOrder", fault, StringComparison.Ordinal);
        Assert.Empty(Check(Http, new IdempotentAttribute { Lease = "00:05:00" }));
        Assert.Empty(Check(Http, new IdempotentAttribute { Lease = "00:10:00" }, new HostSettings(FunctionTimeout: null, AutoCompleteMessages: false)));
    }

    [Fact]
    public void The_default_lease_is_checked_for_functions_that_call_the_engine_themselves()
    {
        var check = new SettingsCheck(new(TimeSpan.FromSeconds(30), AutoCompleteMessages: false), new IdempotencyOptions(), new FunctionIdempotencyOptions());

        Assert.Contains("Idempotency:Lease", Assert.Single(check.CheckDefaults()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_is_kept_longer_than_any_function_runs() =>
        Assert.Contains("Retention", Assert.Single(Check(Message, new IdempotentAttribute { Retention = "00:05:00" })), StringComparison.Ordinal);

    [Theory]
    [InlineData("00:00:00", null)]
    [InlineData(null, "401.00:00:00")]
    [InlineData("a minute", null)]
    [InlineData(null, "forever")]
    public void A_duration_out_of_range_or_unreadable_is_refused(string? lease, string? retention) =>
        Assert.Single(Check(Http, new IdempotentAttribute { Lease = lease, Retention = retention }));

    [Fact]
    public void A_function_has_one_source_of_keys() =>
        Assert.Single(Check(Http, new IdempotentAttribute { KeyHeader = "X-Request-Id", KeyBodyPath = "$.id" }));

    [Fact]
    public void A_path_that_can_not_be_read_is_refused() => Assert.Contains("$..id", Assert.Single(Check(Http, new IdempotentAttribute { KeyBodyPath = "$..id" })), StringComparison.Ordinal);

    [Fact]
    public void What_belongs_to_the_other_kind_of_function_is_refused()
    {
        Assert.Single(Check(Http, new IdempotentAttribute { KeyProperty = "order" }));
        Assert.Single(Check(Http, new IdempotentAttribute { PrincipalProperty = "tenant" }));
        Assert.Single(Check(Message, new IdempotentAttribute { KeyHeader = "X-Request-Id" }));
        Assert.Single(Check(Message, new IdempotentAttribute { RequireKey = true }));
        Assert.Single(Check(new("Nightly", FunctionKind.Other, typeof(void)), new IdempotentAttribute()));
    }

    [Fact]
    public void A_function_whose_result_could_not_be_replayed_is_refused()
    {
        Assert.Single(Check(Http with { ReturnType = typeof(string) }, new IdempotentAttribute()));
        Assert.Single(Check(Message with { ReturnType = typeof(string) }, new IdempotentAttribute()));
    }

    [Fact]
    public void A_message_that_the_host_would_complete_is_refused()
    {
        Assert.Single(Check(Message with { AutoCompletes = true }, new IdempotentAttribute()));
        Assert.Single(Check(Message with { AutoCompletes = null }, new IdempotentAttribute(), new HostSettings(TimeSpan.FromMinutes(5), AutoCompleteMessages: true)));
        Assert.Empty(Check(Message with { AutoCompletes = null }, new IdempotentAttribute()));
        Assert.Single(Check(Message with { TakesReceivedMessage = false }, new IdempotentAttribute()));
    }

    private static List<string> Check(FunctionDescription function, IdempotentAttribute attribute, HostSettings? host = null)
    {
        var faults = new List<string>();
        var check = new SettingsCheck(host ?? new(TimeSpan.FromMinutes(5), AutoCompleteMessages: false), new IdempotencyOptions(), new FunctionIdempotencyOptions());
        faults.AddRange(check.Check(function, FunctionSettings.Read(function, attribute, faults)));
        return faults;
    }
}
