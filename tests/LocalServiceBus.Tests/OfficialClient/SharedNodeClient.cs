namespace LocalServiceBus.Tests.OfficialClient;

[CollectionDefinition(Name)]
public sealed class SharedNodeClient : ICollectionFixture<NodeClient>
{
    public const string Name = "Official client";
}
