using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Functions.ServiceBus.Messages;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Functions.Worker;

namespace ServerlessIdempotency.Functions.ServiceBus.Tests.Settings;

public sealed class ServiceBusFunctionTriggerTests
{
    private static readonly HostSettings Host = new(TimeSpan.FromMinutes(5), AutoCompleteMessages: false);

    [Fact]
    public void An_attribute_that_fits_its_function_is_fine()
    {
        Assert.Empty(Check(nameof(Functions.OnOrder), new IdempotentAttribute()));
        Assert.Empty(Check(nameof(Functions.OnOrderWithOutcome), new IdempotentAttribute { KeyProperty = "order", PrincipalProperty = "tenant" }));
    }

    [Fact]
    public void A_processed_message_is_known_longer_than_any_function_runs_and_any_duplicate_can_come()
    {
        Assert.Contains(
            Check(nameof(Functions.OnOrder), new IdempotentAttribute { Retention = "00:05:00" }), fault => fault.Contains("functionTimeout", StringComparison.Ordinal));
        Assert.Contains("DeadLetterResubmission", Assert.Single(Check(nameof(Functions.OnOrder), new IdempotentAttribute { Retention = "7.00:00:00" })), StringComparison.Ordinal);
        Assert.Empty(Check(nameof(Functions.OnOrder), new IdempotentAttribute { Retention = "8.00:00:00" }));
    }

    [Fact]
    public void What_belongs_to_HTTP_functions_is_refused()
    {
        Assert.Single(Check(nameof(Functions.OnOrder), new IdempotentAttribute { KeyHeader = "X-Request-Id" }));
        Assert.Single(Check(nameof(Functions.OnOrder), new IdempotentAttribute { RequireKey = true }));
    }

    [Fact]
    public void A_result_that_a_duplicate_would_not_return_is_refused() => Assert.Single(Check(nameof(Functions.OnOrderWithText), new IdempotentAttribute()));

    [Fact]
    public void A_message_that_the_host_would_complete_is_refused()
    {
        Assert.Single(Check(nameof(Functions.OnCompletedOrder), new IdempotentAttribute()));
        Assert.Single(Check(nameof(Functions.OnOrderByHost), new IdempotentAttribute(), Host with { AutoCompleteMessages = true }));
        Assert.Empty(Check(nameof(Functions.OnOrderByHost), new IdempotentAttribute()));
    }

    [Fact]
    public void A_function_that_takes_the_body_or_several_messages_is_refused()
    {
        Assert.Single(Check(nameof(Functions.OnBody), new IdempotentAttribute()));
        Assert.Single(Check(nameof(Functions.OnBatch), new IdempotentAttribute()));
    }

    [Fact]
    public void A_function_of_another_kind_is_not_started_by_a_message() => Assert.False(Trigger().Starts(typeof(Functions).GetMethod(nameof(Functions.Other))!));

    private static ServiceBusFunctionTrigger Trigger()
    {
        var services = new ServiceCollection().AddLogging().AddIdempotency().AddInMemoryStore().AddInbox().Services.AddSingleton<MessageExecution>().BuildServiceProvider();
        return ActivatorUtilities.CreateInstance<ServiceBusFunctionTrigger>(services);
    }

    private static List<string> Check(string function, IdempotentAttribute attribute, HostSettings? host = null)
    {
        var trigger = Trigger();
        var description = FunctionDescription.Of(typeof(Functions).GetMethod(function)!);
        Assert.True(trigger.Starts(description.Method));
        var faults = new List<string>();
        faults.AddRange(new SettingsCheck(host ?? Host, new IdempotencyOptions()).Check(new IdempotentFunction(description, FunctionSettings.Read(description, trigger, attribute, faults), trigger)));
        return faults;
    }

    private static class Functions
    {
        public static Task OnOrder([ServiceBusTrigger("orders", AutoCompleteMessages = false)] ServiceBusReceivedMessage message) => Task.CompletedTask;

        public static Task<MessageOutcome> OnOrderWithOutcome([ServiceBusTrigger("orders", AutoCompleteMessages = false)] ServiceBusReceivedMessage message) =>
            Task.FromResult<MessageOutcome>(message.DeliveryCount > 0 ? new MessageOutcome.Processed() : new MessageOutcome.Rejected("r", "d"));

        public static string OnOrderWithText([ServiceBusTrigger("orders", AutoCompleteMessages = false)] ServiceBusReceivedMessage message) => message.MessageId;

        public static void OnCompletedOrder([ServiceBusTrigger("orders", AutoCompleteMessages = true)] ServiceBusReceivedMessage message) => _ = message;

        public static void OnOrderByHost([ServiceBusTrigger("orders")] ServiceBusReceivedMessage message) => _ = message;

        public static void OnBody([ServiceBusTrigger("orders", AutoCompleteMessages = false)] string body) => _ = body;

        public static void OnBatch([ServiceBusTrigger("orders", AutoCompleteMessages = false, IsBatched = true)] ServiceBusReceivedMessage[] messages) => _ = messages;

        public static void Other(string timer) => _ = timer;
    }
}
