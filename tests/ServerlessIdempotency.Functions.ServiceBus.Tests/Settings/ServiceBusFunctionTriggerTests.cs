using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Functions.ServiceBus.Batches;
using ServerlessIdempotency.Functions.ServiceBus.Messages;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Functions.Worker;

namespace ServerlessIdempotency.Functions.ServiceBus.Tests.Settings;

public sealed class ServiceBusFunctionTriggerTests
{
    private static readonly HostSettings Host = new(TimeSpan.FromMinutes(5), AutoCompleteMessages: false);

    private static readonly HostSettings SmallBatches = Host with { MaxMessageBatchSize = 100 };

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
    public void A_function_that_takes_the_body_or_another_number_of_messages_than_its_trigger_is_refused()
    {
        Assert.Contains("not to its body", Assert.Single(Check(nameof(Functions.OnBody), new IdempotentAttribute())), StringComparison.Ordinal);
        Assert.Contains("set IsBatched = true", Assert.Single(Check(nameof(Functions.OnSeveral), new IdempotentAttribute())), StringComparison.Ordinal);
        Assert.Contains("ServiceBusReceivedMessage[]", Assert.Single(Check(nameof(Functions.OnBatchOfOne), new IdempotentAttribute(), SmallBatches)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_batched_function_that_returns_the_outcome_of_its_batch_is_fine() =>
        Assert.Empty(Check(nameof(Functions.OnBatch), new IdempotentAttribute { PrincipalProperty = "tenant" }, SmallBatches));

    // One that goes through the messages by itself: nothing of it would be idempotent.
    [Fact]
    public void A_batched_function_that_does_not_apply_its_batch_is_refused() =>
        Assert.Contains("GetMessageBatch().ApplyAsync", Assert.Single(Check(nameof(Functions.OnBatchAlone), new IdempotentAttribute(), SmallBatches)), StringComparison.Ordinal);

    [Fact]
    public void What_is_of_claims_and_of_chosen_keys_is_refused_on_batches()
    {
        Assert.Single(Check(nameof(Functions.OnBatch), new IdempotentAttribute { KeyProperty = "order" }, SmallBatches));
        Assert.Single(Check(nameof(Functions.OnBatch), new IdempotentAttribute { CrashPolicy = CrashPolicy.Park }, SmallBatches));
        Assert.Single(Check(nameof(Functions.OnBatch), new IdempotentAttribute { Retention = "10.00:00:00" }, SmallBatches));
        Assert.Single(Check(nameof(Functions.OnBatch), new IdempotentAttribute { MaxExecution = "00:01:00" }, SmallBatches));
        Assert.Single(Check(nameof(Functions.OnOrder), new IdempotentAttribute { MessageTime = "00:00:00.010" }));
    }

    // Lock 60 s, of which three quarters are for the batch.
    [Theory]
    [InlineData(1_000, null, "900")]
    [InlineData(900, null, null)]
    [InlineData(1_000, "00:00:00.045", null)]
    [InlineData(100, "00:00:00.451", "99")]
    [InlineData(10, "00:01:00", "1 or less")]
    public void A_full_batch_that_outlasts_its_lock_is_refused_with_what_to_set(int batchSize, string? messageTime, string? most)
    {
        var faults = Check(nameof(Functions.OnBatch), new IdempotentAttribute { MessageTime = messageTime }, Host with { MaxMessageBatchSize = batchSize });
        if (most is null)
        {
            Assert.Empty(faults);
        }
        else
        {
            Assert.Contains($"Set maxMessageBatchSize to {most}", Assert.Single(faults), StringComparison.Ordinal);
        }
    }

    // The host would bring what it keeps before what failed ahead of it.
    [Fact]
    public void A_batch_of_a_session_that_the_host_waits_for_is_refused()
    {
        Assert.Contains(
            "minMessageBatchSize = 2", Assert.Single(Check(nameof(Functions.OnSessionBatch), new IdempotentAttribute(), SmallBatches with { MinMessageBatchSize = 2 })), StringComparison.Ordinal);
        Assert.Empty(Check(nameof(Functions.OnSessionBatch), new IdempotentAttribute(), SmallBatches));
        Assert.Empty(Check(nameof(Functions.OnBatch), new IdempotentAttribute(), SmallBatches with { MinMessageBatchSize = 2 }));
    }

    [Fact]
    public void The_batch_size_is_that_of_host_json_or_the_hosts_own_default()
    {
        Assert.Equal(25, HostSettings.Parse("""{"extensions":{"serviceBus":{"maxMessageBatchSize":25}}}"""u8.ToArray()).MaxMessageBatchSize);
        Assert.Equal(1_000, HostSettings.Parse("{}"u8.ToArray()).MaxMessageBatchSize);
        Assert.Equal(3, HostSettings.Parse("""{"extensions":{"serviceBus":{"minMessageBatchSize":3}}}"""u8.ToArray()).MinMessageBatchSize);
        Assert.Equal(1, HostSettings.Parse("{}"u8.ToArray()).MinMessageBatchSize);
    }

    [Fact]
    public void A_function_of_another_kind_is_not_started_by_a_message() => Assert.False(Trigger().Starts(typeof(Functions).GetMethod(nameof(Functions.Other))!));

    private static ServiceBusFunctionTrigger Trigger()
    {
        var services = new ServiceCollection().AddLogging().AddIdempotency().AddInMemoryStore().AddInbox().Services
            .AddSingleton<MessageExecution>().AddSingleton<BatchExecution>().AddSingleton<BatchSettlement>().AddSingleton<BatchSession>().AddSingleton(Mock.Of<IFunctionMetadataProvider>()).AddSingleton<BatchInvocation>().BuildServiceProvider();
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

        public static void OnSeveral([ServiceBusTrigger("orders", AutoCompleteMessages = false)] ServiceBusReceivedMessage[] messages) => _ = messages;

        public static Task<MessageBatchOutcome> OnBatchOfOne([ServiceBusTrigger("orders", AutoCompleteMessages = false, IsBatched = true)] ServiceBusReceivedMessage message) =>
            throw new NotSupportedException(message.MessageId);

        public static Task<MessageBatchOutcome> OnBatch([ServiceBusTrigger("orders", AutoCompleteMessages = false, IsBatched = true)] ServiceBusReceivedMessage[] messages, FunctionContext context) =>
            context.GetMessageBatch().ApplyAsync(_ => default, (_, _) => throw new NotSupportedException($"{messages.Length}"));

        public static Task<MessageBatchOutcome> OnSessionBatch(
            [ServiceBusTrigger("orders", AutoCompleteMessages = false, IsBatched = true, IsSessionsEnabled = true)] ServiceBusReceivedMessage[] messages, FunctionContext context) => OnBatch(messages, context);

        public static void OnBatchAlone([ServiceBusTrigger("orders", AutoCompleteMessages = false, IsBatched = true)] ServiceBusReceivedMessage[] messages) => _ = messages;

        public static void Other(string timer) => _ = timer;
    }
}
