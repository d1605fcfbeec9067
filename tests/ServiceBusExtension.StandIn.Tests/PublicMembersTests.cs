namespace ServiceBusExtension.StandIn.Tests;

public sealed class PublicMembersTests
{
    [OfficialFact]
    public void The_stand_in_has_no_public_member_that_the_official_package_lacks() =>
        Assert.Empty(PublicMembers.Of(Extension.StandInPath).Except(PublicMembers.Of(Extension.OfficialPath)));

    [Fact]
    public void The_stand_in_shows_the_trigger_the_actions_and_its_startup_only()
    {
        var members = PublicMembers.Of(Extension.StandInPath);

        Assert.Contains("Microsoft.Azure.Functions.Worker.ServiceBusTriggerAttribute(String queueName)", members);
        Assert.Contains(
            "Microsoft.Azure.Functions.Worker.ServiceBusMessageActions.CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken?) Task virtual", members);
        Assert.Equal(
            ["ServiceBusExtensionStartup", "ServiceBusMessageActions", "ServiceBusSessionMessageActions", "ServiceBusTriggerAttribute"],
            members.Select(member => member.Split('(', ' ')[0].Split('.')).Where(parts => parts[^2] == "Worker").Select(parts => parts[^1]).Distinct().Order());
    }

    // What the first test would find.
    [Fact]
    public void A_member_that_is_new_or_takes_another_type_is_found()
    {
        var original = PublicMembers.Of([typeof(IOriginal)]).Select(member => member.Replace(nameof(IOriginal), nameof(IChanged), StringComparison.Ordinal));

        Assert.Equal(
            ["IChanged.Added() Void virtual", "IChanged.Settle(String token) Void virtual"],
            PublicMembers.Of([typeof(IChanged)]).Except(original).Select(member => member.Split('+')[1]).Order(StringComparer.Ordinal));
    }

    private interface IOriginal
    {
        void Settle(int token);

        void Kept();
    }

    private interface IChanged
    {
        void Settle(string token);

        void Kept();

        void Added();
    }
}
