namespace Infra.Tests.Deployed;

[CollectionDefinition(Name)]
public sealed class DeploymentsGroup : ICollectionFixture<Deployments>
{
    public const string Name = "deployments";
}
