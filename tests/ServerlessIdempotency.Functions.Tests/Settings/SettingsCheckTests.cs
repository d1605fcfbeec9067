using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Functions.Http;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Functions.Worker;

namespace ServerlessIdempotency.Functions.Tests.Settings;

public sealed class SettingsCheckTests
{
    [Fact]
    public void An_attribute_without_settings_is_fine()
    {
        Assert.Empty(Check(nameof(Functions.Create), new IdempotentAttribute()));
        Assert.Empty(Check(nameof(Functions.CreateByAction), new IdempotentAttribute { KeyBodyPath = "$.id", RequireKey = true }));
    }

    [Fact]
    public void A_lease_longer_than_the_function_timeout_is_refused_with_both_numbers()
    {
        var fault = Assert.Single(Check(nameof(Functions.Create), new IdempotentAttribute { Lease = "00:10:00" }));

        Assert.Contains("00:10:00", fault, StringComparison.Ordinal);
        Assert.Contains("00:05:00", fault, StringComparison.Ordinal);
        Assert.Contains("Create", fault, StringComparison.Ordinal);
        Assert.Empty(Check(nameof(Functions.Create), new IdempotentAttribute { Lease = "00:05:00" }));
        Assert.Empty(Check(nameof(Functions.Create), new IdempotentAttribute { Lease = "00:10:00" }, new HostSettings(FunctionTimeout: null, AutoCompleteMessages: false)));
    }

    [Fact]
    public void The_default_lease_is_checked_for_functions_that_call_the_engine_themselves()
    {
        var check = new SettingsCheck(new(TimeSpan.FromSeconds(30), AutoCompleteMessages: false), new IdempotencyOptions());

        Assert.Contains("Idempotency:Lease", check.CheckDefaults().First(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_is_told_to_stop_before_the_host_ends_it()
    {
        var host = new HostSettings(TimeSpan.FromMinutes(3), AutoCompleteMessages: false);
        var fault = Assert.Single(new SettingsCheck(host, new IdempotencyOptions()).CheckDefaults());

        Assert.Contains("Idempotency:MaxExecution (00:04:00)", fault, StringComparison.Ordinal);
        Assert.Contains("00:03:00", fault, StringComparison.Ordinal);
        Assert.Contains("MaxExecution", Assert.Single(Check(nameof(Functions.Create), new IdempotentAttribute { MaxExecution = "00:05:00" })), StringComparison.Ordinal);
        Assert.Empty(Check(nameof(Functions.Create), new IdempotentAttribute { MaxExecution = "00:04:59" }));
        Assert.Single(Check(nameof(Functions.Create), new IdempotentAttribute { MaxExecution = "00:00:00.5" }));
    }

    /// <summary>A limit below the front end's 230 s: no fault, since it may be meant.</summary>
    [Theory]
    [InlineData(null, false)]
    [InlineData("00:03:51", false)]
    [InlineData("00:03:50", true)]
    public void A_function_that_is_stopped_before_the_front_end_gives_up_is_a_warning(string? limit, bool warns)
    {
        var function = Read(nameof(Functions.Create), new IdempotentAttribute { MaxExecution = limit }, []);
        var check = new SettingsCheck(HostSettings.Default, new IdempotencyOptions());

        Assert.Equal(warns, check.WarningOf(function)?.Contains("00:03:50", StringComparison.Ordinal) is true);
        Assert.Equal(warns, new SettingsCheck(HostSettings.Default, new IdempotencyOptions { MaxExecution = function.Settings.MaxExecution ?? new IdempotencyOptions().MaxExecution })
            .WarningOf(function with { Settings = function.Settings with { MaxExecution = null } }) is not null);
    }

    [Theory]
    [InlineData(CrashPolicy.Probe, null)]
    [InlineData(CrashPolicy.Probe, typeof(string))]
    [InlineData(CrashPolicy.Block, typeof(IOperationProbe))]
    public void A_probe_goes_with_its_policy(CrashPolicy policy, Type? probe) =>
        Assert.Contains("IOperationProbe", Assert.Single(Check(nameof(Functions.Create), new IdempotentAttribute { CrashPolicy = policy, ProbeType = probe })), StringComparison.Ordinal);

    [Fact]
    public void A_required_key_that_a_trigger_of_every_method_would_ignore_is_refused()
    {
        Assert.Contains("name its methods", Assert.Single(Check(nameof(Functions.CreateByAny), new IdempotentAttribute { RequireKey = true })), StringComparison.Ordinal);
        Assert.Empty(Check(nameof(Functions.CreateByAny), new IdempotentAttribute()));
    }

    [Fact]
    public void A_result_is_kept_longer_than_any_function_runs() =>
        Assert.Contains("Retention", Assert.Single(Check(nameof(Functions.Create), new IdempotentAttribute { Retention = "00:05:00" })), StringComparison.Ordinal);

    [Theory]
    [InlineData("00:00:00", null)]
    [InlineData(null, "401.00:00:00")]
    [InlineData("a minute", null)]
    [InlineData(null, "forever")]
    public void A_duration_out_of_range_or_unreadable_is_refused(string? lease, string? retention) =>
        Assert.Single(Check(nameof(Functions.Create), new IdempotentAttribute { Lease = lease, Retention = retention }));

    [Fact]
    public void A_function_has_one_source_of_keys() =>
        Assert.Single(Check(nameof(Functions.Create), new IdempotentAttribute { KeyHeader = "X-Request-Id", KeyBodyPath = "$.id" }));

    [Fact]
    public void A_path_that_can_not_be_read_is_refused() =>
        Assert.Contains("$..id", Assert.Single(Check(nameof(Functions.Create), new IdempotentAttribute { KeyBodyPath = "$..id" })), StringComparison.Ordinal);

    [Fact]
    public void What_belongs_to_messages_is_refused()
    {
        Assert.Single(Check(nameof(Functions.Create), new IdempotentAttribute { KeyProperty = "order" }));
        Assert.Single(Check(nameof(Functions.Create), new IdempotentAttribute { PrincipalProperty = "tenant" }));
    }

    [Fact]
    public void A_trigger_that_nothing_here_serves_is_refused_with_the_package_that_may()
    {
        var fault = Assert.Single(Check(nameof(Functions.Nightly), new IdempotentAttribute()));

        Assert.Contains("ServerlessIdempotency.Functions.ServiceBus", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_whose_result_could_not_be_replayed_is_refused() =>
        Assert.Single(Check(nameof(Functions.CreateText), new IdempotentAttribute()));

    private static List<string> Check(string function, IdempotentAttribute attribute, HostSettings? host = null)
    {
        var faults = new List<string>();
        var check = new SettingsCheck(host ?? new(TimeSpan.FromMinutes(5), AutoCompleteMessages: false), new IdempotencyOptions());
        faults.AddRange(check.Check(Read(function, attribute, faults)));
        return faults;
    }

    private static IdempotentFunction Read(string function, IdempotentAttribute attribute, List<string> faults)
    {
        using var services = new ServiceCollection().AddLogging().AddIdempotency().AddInMemoryStore().AddHttp().Services.AddSingleton<HttpExecution>().BuildServiceProvider();
        var http = ActivatorUtilities.CreateInstance<HttpFunctionTrigger>(services);
        var description = FunctionDescription.Of(typeof(Functions).GetMethod(function)!);
        var trigger = http.Starts(description.Method) ? http : null;
        return new IdempotentFunction(description, FunctionSettings.Read(description, trigger, attribute, faults), trigger);
    }

    private static class Functions
    {
        public static Task<IResult> Create([HttpTrigger("post")] HttpRequest request) => Task.FromResult(Results.Ok(request.Method));

        public static IActionResult CreateByAction([HttpTrigger("post")] HttpRequest request) => request.HasFormContentType ? new BadRequestResult() : new OkObjectResult(request.Method);

        public static IResult CreateByAny([HttpTrigger(AuthorizationLevel.Function)] HttpRequest request) => Results.Ok(request.Method);

        public static Task<string> CreateText([HttpTrigger("post")] HttpRequest request) => Task.FromResult(request.Method);

        public static void Nightly(string timer) => _ = timer;
    }
}
